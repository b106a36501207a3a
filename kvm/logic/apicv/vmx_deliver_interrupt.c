/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An interrupt for a vCPU, with APICv or without; see apicv.h.
 */
#include "apicv.h"
#include "lapic.h"
#include "vmx.h"

/* Either way what is pending is visible before mode is read. */
void vmx_deliver_interrupt_apicv(struct kvm_vcpu *vcpu, int vector)
{
    if (kvm_vcpu_apicv_active(vcpu)) {
        vmx_deliver_posted_interrupt(vcpu, vector);
        return;
    }
    atomic_or(apic_irr_reg(vcpu->apic_regs, vector / APIC_VECTORS_PER_REG),
              BIT(vector % APIC_VECTORS_PER_REG));
    kvm_make_request(KVM_REQ_EVENT, vcpu);
    kvm_vcpu_kick(vcpu);
}
