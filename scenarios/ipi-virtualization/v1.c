/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V1: as upstream has it. kvm/logic/ipiv is this variant, so it replaces nothing.
 */
