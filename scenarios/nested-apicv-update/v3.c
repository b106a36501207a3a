/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As merged in 2026 (2bf889a68fba): vmcs01 is loaded for the update. kvm/logic/nested_apicv is this variant.
 */
