/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts of an APIC in software, injected at VM entry; see apicv.h.
 */
#include "apicv.h"
#include "lapic.h"

/* While the guest blocks interrupts, or another injection waits for an entry, it leaves as soon as that is over. */
void inject_pending_event(struct kvm_vcpu *vcpu)
{
    int vector, in_service;

    kvm_x86_check_nested_events(vcpu);
    vector = kvm_lapic_find_highest_irr(vcpu);
    in_service = apic_find_highest_isr(vcpu);
    kvm_x86_enable_irq_window(vcpu, false);
    if (kvm_vcpu_apicv_active(vcpu) || (vector & 0xf0) <= (in_service < 0 ? 0 : in_service & 0xf0) ||
        vector < 0)
        return;
    if (!kvm_x86_interrupt_allowed(vcpu)) {
        kvm_x86_enable_irq_window(vcpu, true);
        return;
    }
    kvm_apic_ack_interrupt(vcpu, vector);
    kvm_x86_inject_irq(vcpu, vector);
}
