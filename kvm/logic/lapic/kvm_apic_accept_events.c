/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * INIT and start-up, in the thread of the vCPU that they are for; see kvm_lapic.h. [SDM 10.4.7.3]
 */
#include "kvm_lapic.h"

/* A start-up message to a processor that does not wait for one is dropped. [SDM 8.4.3] */
void kvm_apic_accept_events(struct kvm_vcpu *vcpu)
{
    struct kvm_lapic *apic = vcpu_to_lapic(vcpu);

    if (!READ_ONCE(apic->pending_events))
        return;
    if (test_and_clear_bit(KVM_APIC_INIT, &apic->pending_events)) {
        note_value("INIT for vCPU %u: there is no real mode to start it in again", vcpu->vcpu_id);
        BUG();
    }
    clear_bit(KVM_APIC_SIPI, &apic->pending_events);
}
