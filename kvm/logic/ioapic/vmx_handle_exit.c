/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exits of a guest with EOIs that KVM's I/O APIC waits for; see vmx.h.
 */
#include "ioapic.h"

int vmx_handle_exit(struct kvm_vcpu *vcpu)
{
    u32 reason = vmcs_read32(VM_EXIT_REASON);

    if (reason == EXIT_REASON_EXTERNAL_INTERRUPT)
        return 1;
    if (reason == EXIT_REASON_EOI_INDUCED)
        return handle_apic_eoi_induced(vcpu);
    note_value("unexpected VM exit, reason %#x", reason);
    BUG();
}
