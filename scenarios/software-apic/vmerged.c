/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As merged: each way down of PPR looks again. kvm/logic/lapic is this variant.
 */
