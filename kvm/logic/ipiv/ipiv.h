/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPI virtualization, in the form of Linux 6.0 and later: a guest's IPI is posted by the processor.
 *
 * The functions of this folder stand in front of those of kvm/logic, and are pulled in by images that
 * ask for it. The table of a VM has a pointer to the descriptor of each vCPU; the guest's ICR is
 * not intercepted. What the processor does not do itself comes back as a VM exit behind the
 * write: then the IPI goes the way of all other interrupts. After upstream's order of steps, not
 * its text. vCPUs that block have logic/block, and logic/ipiv_block in front of both: their
 * descriptors must notify with the wake-up vector also without an assigned device (upstream's
 * vmx_needs_pi_wakeup()).
 * Left out: logical destinations, xAPIC mode.
 *
 * Each function that a variant may replace has a file of its own, named after it.
 */
#ifndef IRQWEAVE_KVM_LOGIC_IPIV_H
#define IRQWEAVE_KVM_LOGIC_IPIV_H

#include "vmx.h"

/* SDM vol. 3, later editions: "Tertiary Processor-Based VM-Execution Controls", "IPI Virtualization",
 * appendix B. */
#define MSR_IA32_VMX_PROCBASED_CTLS3    0x492   /* 64 allowed-1 settings */
#define LAST_PID_POINTER_INDEX          0x0008
#define TERTIARY_VM_EXEC_CONTROL        0x2034
#define PID_POINTER_TABLE               0x2042
#define CPU_BASED_ACTIVATE_TERTIARY     (1u << 17)
#define TERTIARY_EXEC_IPI_VIRT          BIT(4)
#define PID_TABLE_ENTRY_VALID           1ul
#define EXIT_REASON_APIC_WRITE          56

#define APIC_ICR            0x300   /* byte offset in the virtual-APIC page; 64 bits in x2APIC mode */
#define APIC_ICR_MODE       0x700
#define APIC_ICR_LOGICAL    0x800
#define APIC_ICR_SHORTHAND  0xc0000
#define APIC_BROADCAST      0xffffffffu

/* By virtual APIC id, which is the number of the vCPU. */
extern u64 pid_table[NR_VCPUS];

/* Set-up: a vCPU whose guest's IPIs are virtualized, loaded on this core. */
void ipiv_create_vcpu(struct kvm_vcpu *vcpu, int vcpu_id, unsigned long cpu);
/* The same for a vCPU that has been created and loaded otherwise. */
void ipiv_init_vcpu(struct kvm_vcpu *vcpu);
void vmx_enable_ipiv(struct kvm_vcpu *vcpu);
u64 vmx_pid_table_entry(struct kvm_vcpu *vcpu);

/* The exit behind a write that the processor has left to software. */
int handle_apic_write(struct kvm_vcpu *vcpu);
void kvm_apic_send_ipi(struct kvm_vcpu *vcpu, u64 icr);

#endif
