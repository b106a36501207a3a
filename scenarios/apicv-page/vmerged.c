/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As merged. kvm/logic/apic_page and kvm/logic/apicv are this variant, so it replaces nothing.
 */
