/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0: as upstream has it. kvm/logic/ipiv and kvm/logic/block are this variant, so it replaces nothing.
 */
