/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As merged: kvm/logic/mmu has it so. */
