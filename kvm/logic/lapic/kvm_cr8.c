/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CR8 is the class of TPR; see kvm_lapic.h. [SDM 10.8.6]
 */
#include "kvm_lapic.h"

int kvm_set_cr8(struct kvm_vcpu *vcpu, u64 cr8)
{
    if (cr8 > 15)
        return 1;
    apic_set_tpr(vcpu_to_lapic(vcpu), cr8 << 4);
    return 0;
}

u64 kvm_get_cr8(struct kvm_vcpu *vcpu)
{
    return kvm_lapic_get_reg(vcpu_to_lapic(vcpu), APIC_TASKPRI) >> 4;
}
