/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What KVM_REQ_SCAN_IOAPIC asks for; see ioapic.h.
 */
#include "ioapic.h"

/* PIR is emptied first: what is pending there counts, and the scan looks into vIRR. */
void vcpu_scan_ioapic(struct kvm_vcpu *vcpu)
{
    unsigned long *handled = to_ioapic(vcpu)->ioapic_handled_vectors;

    for (int i = 0; i < 4; i++)
        handled[i] = 0;
    vmx_sync_pir_to_irr(vcpu);
    kvm_ioapic_scan_entry(vcpu, handled);
    vmx_load_eoi_exitmap(handled);
}
