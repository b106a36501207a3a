/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0: as in Linux 6.1 to 6.12. kvm/logic/block is this variant, so it replaces nothing.
 */
