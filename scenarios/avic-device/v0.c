/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0: as merged in 6.17. kvm/logic/avic_iommu is this variant, so it replaces nothing.
 */
