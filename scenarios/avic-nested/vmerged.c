/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As merged in 5.19 and later. kvm/logic/svm_nested is this variant, so it replaces nothing.
 */
