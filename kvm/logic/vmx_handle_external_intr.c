/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host interrupt that ended a stay in guest mode; see vmx.h.
 *
 * The exit acknowledged the interrupt at the local APIC, because posted interrupts require that
 * control [SDM 26.2.1.1]. It will not come again through the IDT, so its gate is called by hand.
 */
#include "desc.h"
#include "interrupt.h"
#include "vmx.h"

void vmx_handle_external_intr(struct kvm_vcpu *vcpu)
{
    u32 info;

    (void)vcpu;
    if (vmcs_read32(VM_EXIT_REASON) != EXIT_REASON_EXTERNAL_INTERRUPT)
        return;
    info = vmcs_read32(VM_EXIT_INTR_INFO);
    WARN_ON(!(info & INTR_INFO_VALID));
    call_interrupt_gate(gate_offset(&idt_table[info & INTR_INFO_VECTOR_MASK]));
}
