/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As merged. kvm/logic/vcpu_creation is this variant, so it replaces nothing.
 */
