/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As in Linux 6.1 to 6.12: kvm/logic/ioapic is this variant.
 */
