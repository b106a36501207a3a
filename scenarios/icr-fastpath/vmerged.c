/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As merged: no IPI to oneself, and a sync before each entry. kvm/logic is this variant.
 */
