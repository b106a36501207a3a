/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0: as upstream. kvm/logic/iommu is this variant, so it replaces nothing.
 */
