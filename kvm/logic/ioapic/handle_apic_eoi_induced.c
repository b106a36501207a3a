/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The VM exit for an EOI whose vector is in the EOI-exit bitmap; see ioapic.h.
 *
 * The processor has virtualized the EOI, and the exit is trap-like: nothing is left to do for the
 * local APIC. [SDM 29.1.4]
 */
#include "ioapic.h"

static void kvm_ioapic_send_eoi(struct kvm_vcpu *vcpu, int vector)
{
    if (!test_bit(vector, to_ioapic(vcpu)->ioapic_handled_vectors))
        return;
    kvm_ioapic_update_eoi(vector, apic_test_vector(vcpu, APIC_TMR, vector) ? IOAPIC_LEVEL_TRIG
                                                                           : IOAPIC_EDGE_TRIG);
}

int handle_apic_eoi_induced(struct kvm_vcpu *vcpu)
{
    int vector = vmcs_readl(EXIT_QUALIFICATION) & 0xff;

    note_value("EOI of %#x", vector);
    kvm_ioapic_send_eoi(vcpu, vector);
    kvm_make_request(KVM_REQ_EVENT, vcpu);
    return 1;
}
