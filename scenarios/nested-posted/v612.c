/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As in Linux 6.12. kvm/logic is this variant, so it replaces nothing.
 */
