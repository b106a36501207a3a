/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0: as in Linux 6.1. kvm/logic/assign is this variant, so it replaces nothing.
 */
