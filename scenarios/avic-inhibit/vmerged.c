/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As merged. kvm/logic/avic_inhibit is this variant, so it replaces nothing.
 */
