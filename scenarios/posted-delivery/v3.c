/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V3: as merged. kvm/logic is this variant, so it replaces nothing.
 */
