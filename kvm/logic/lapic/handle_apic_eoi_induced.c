/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The VM exit for an EOI whose vector is in the EOI-exit bitmap; see kvm_lapic.h.
 *
 * The processor has virtualized the EOI and is behind it: only the I/O APIC is left. [SDM 29.1.4]
 */
#include "kvm_lapic.h"

int handle_apic_eoi_induced(struct kvm_vcpu *vcpu)
{
    kvm_ioapic_send_eoi(vcpu_to_lapic(vcpu), vmcs_readl(EXIT_QUALIFICATION) & 0xff);
    kvm_make_request(KVM_REQ_EVENT, vcpu);
    return 1;
}
