/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A write of TPR does not look at what it lets through.
 */
#include "kvm_lapic.h"

void apic_set_tpr(struct kvm_lapic *apic, u32 tpr)
{
    kvm_lapic_set_reg(apic, APIC_TASKPRI, tpr);
}
