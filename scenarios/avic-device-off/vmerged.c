/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As merged in 6.17. kvm/logic/avic_inhibit_iommu is this variant, so it replaces nothing.
 */
