/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0: as in Linux 5.16 and later. kvm/logic/apicv_block is this variant, so it replaces nothing.
 */
