/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intel's part of APIC virtualization on and off; see apicv.h.
 */
#include "apicv.h"
#include "vmx.h"

void kvm_x86_refresh_apicv_exec_ctrl(struct kvm_vcpu *vcpu)
{
    vmx_refresh_apicv_exec_ctrl(vcpu);
}

/* An injection that an earlier pass has prepared stays where it is until an entry takes it. */
bool kvm_x86_interrupt_allowed(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    return !vmx_interrupt_blocked() && !(vmcs_read32(VM_ENTRY_INTR_INFO_FIELD) & INTR_INFO_VALID);
}

void kvm_x86_inject_irq(struct kvm_vcpu *vcpu, int vector)
{
    (void)vcpu;
    vmcs_write32(VM_ENTRY_INTR_INFO_FIELD, vector | INTR_INFO_VALID);
}

void kvm_x86_enable_irq_window(struct kvm_vcpu *vcpu, bool on)
{
    u32 controls = vmcs_read32(CPU_BASED_VM_EXEC_CONTROL);

    (void)vcpu;
    vmcs_write32(CPU_BASED_VM_EXEC_CONTROL, on ? controls | CPU_BASED_INTR_WINDOW_EXITING
                                               : controls & ~CPU_BASED_INTR_WINDOW_EXITING);
}
