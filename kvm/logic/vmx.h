/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Intel side of KVM: enabling VMX, building a VMCS, entering the guest, posted interrupts.
 *
 * After Intel SDM vol. 3, chapters "VM Entries", "VM Exits", "APIC Virtualization and Virtual
 * Interrupts". Left out: EPT (the guest uses the host's page tables), event injection.
 */
#ifndef IRQWEAVE_KVM_LOGIC_VMX_H
#define IRQWEAVE_KVM_LOGIC_VMX_H

#include "apic.h"
#include "kvm_host.h"
#include "vmcs.h"

/* Execution controls, adjusted to what the processor offers. */
struct vmx_controls {
    u32 pin, cpu, secondary, exit, entry;
};

/* Set-up, on the core where the vCPU will run. */
void hardware_enable(unsigned long cpu);
void vmx_setup_controls(struct vmx_controls *controls);
void vmx_create_vcpu(struct kvm_vcpu *vcpu, int vcpu_id, unsigned long cpu);
void vmx_vcpu_setup(struct kvm_vcpu *vcpu);
void vmx_vcpu_load(struct kvm_vcpu *vcpu, unsigned long cpu);
u32 vmx_vmcs_revision(void);

/* Posts a vector to a vCPU; may be called on any core. */
void vmx_deliver_posted_interrupt(struct kvm_vcpu *vcpu, int vector);

/* Moves posted vectors to where VM entry finds them. Only in the vCPU's own thread. */
void vmx_sync_pir_to_irr(struct kvm_vcpu *vcpu);
void vmx_hwapic_irr_update(struct kvm_vcpu *vcpu, int max_irr);

/* One stay in guest mode; interrupts must be off. */
void vmx_vcpu_run(struct kvm_vcpu *vcpu);
void vmx_handle_external_intr(struct kvm_vcpu *vcpu);
int vmx_handle_exit(struct kvm_vcpu *vcpu);

/* Exits where software has the APIC, or part of it: logic/lapic and logic/apicv. */
int __vmx_handle_exit(struct kvm_vcpu *vcpu, u32 reason);
int handle_wrmsr(struct kvm_vcpu *vcpu);

/* The guest goes on behind the instruction that has exited. Could it take an interrupt if it ran? */
void skip_emulated_instruction(struct kvm_vcpu *vcpu);
bool vmx_interrupt_blocked(void);

/* In vmenter.S. Returns 0 after a VM exit, 1 if the entry failed. */
int __vmx_vcpu_run(u64 *gprs, bool launched);
extern const u8 vmx_vmexit[];

/*
 * The notification IPI, if it can do anything: true if it was sent. In guest mode the processor
 * takes it without a VM exit and empties PIR; in the host its handler does nothing.
 */
static inline bool kvm_vcpu_trigger_posted_interrupt(struct kvm_vcpu *vcpu)
{
    if (READ_ONCE(vcpu->mode) != IN_GUEST_MODE)
        return false;
    x2apic_send_IPI(READ_ONCE(vcpu->cpu), POSTED_INTR_VECTOR);
    return true;
}

#endif
