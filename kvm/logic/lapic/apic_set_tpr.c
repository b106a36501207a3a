/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TPR is written by a VM exit, as a register or as CR8; see kvm_lapic.h. [SDM 10.8.3.1]
 */
#include "kvm_lapic.h"

void apic_set_tpr(struct kvm_lapic *apic, u32 tpr)
{
    kvm_lapic_set_reg(apic, APIC_TASKPRI, tpr);
    apic_update_ppr(apic);
}
