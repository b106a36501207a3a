/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The TPR threshold: the guest lowers TPR without an exit, but for this one; see kvm_lapic.h.
 * [SDM 29.1.2]
 */
#include "kvm_lapic.h"

/*
 * The class of the highest vector that waits, if it is TPR that holds it back: as soon as TPR is below
 * it the guest leaves. If something else does, that brings its own exit; a threshold above TPR would
 * end the stay before it begins.
 */
void update_cr8_intercept(struct kvm_vcpu *vcpu)
{
    struct kvm_lapic *apic = vcpu_to_lapic(vcpu);
    int irr = kvm_lapic_find_highest_irr(vcpu), class = irr < 0 ? 0 : irr >> 4;
    int tpr = kvm_get_cr8(vcpu);

    if (apic->virtualization != APIC_VIRT_TPR && apic->virtualization != APIC_VIRT_REGISTERS)
        return;
    vmcs_write32(TPR_THRESHOLD, tpr < class ? 0 : class);
}
