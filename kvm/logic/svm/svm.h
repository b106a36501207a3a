/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * KVM on AMD: enabling SVM, building a VMCB, entering the guest, exits.
 *
 * The functions of this folder stand where vmx.h and block.h have those for Intel, and use the same kvm/logic/block
 * for sleeping and waking. In upstream's names and order of steps, as of Linux 6.12 to 6.17, not after its text.
 * Left out: nested paging (the guest uses the host's page tables), event injection, nesting, NMIs.
 *
 * The virtual APIC is that of logic/avic: its functions are called from here at the places where upstream does.
 * Each function that a variant may replace has a file of its own, named after it.
 */
#ifndef IRQWEAVE_KVM_LOGIC_SVM_H
#define IRQWEAVE_KVM_LOGIC_SVM_H

#include "block/blocking.h"
#include "image.h"
#include "lapic.h"
#include "msr.h"
#include "svm/vmcb.h"

#define MSR_EFER            0xc0000080
#define EFER_SVME           0x1000
#define MSR_VM_HSAVE_PA     0xc0010117

/* What upstream has in vcpu_svm. */
struct vcpu_svm {
    struct vmcb *vmcb;          /* the one that the next VMRUN takes */
    u64 vmcb_pa;
    struct vmcb *vmcb01;        /* that of the guest itself, which AVIC belongs to */
};

extern struct vcpu_svm vcpu_svms[NR_VCPUS];

static inline struct vcpu_svm *to_svm(struct kvm_vcpu *vcpu)
{
    return &vcpu_svms[vcpu->vcpu_id];
}

/* Where VMRUN keeps the host's state on each core, and VMSAVE the rest of it. */
extern u8 svm_save_areas[NR_CPUS][PAGE_SIZE];

static __always_inline void clgi(void)
{
    asm volatile("clgi" : : : "memory");
}

static __always_inline void stgi(void)
{
    asm volatile("stgi" : : : "memory");
}

/* Set-up: SVM and the scheduler on this core; a vCPU whose guest begins at guest_main, loaded on this core, with its
 * thread; its guest's HLT exits, unless it is told to stay inside. */
void svm_init(unsigned long cpu);
void svm_create_vcpu(struct kvm_vcpu *vcpu, int vcpu_id, unsigned long cpu, union thread_union *thread);
void svm_halt_inside(struct kvm_vcpu *vcpu);
void hardware_enable(unsigned long cpu);
void init_vmcb(struct kvm_vcpu *vcpu);
bool svm_interrupt_blocked(struct kvm_vcpu *vcpu);

/* One stay in guest mode; interrupts must be off. */
void svm_vcpu_run(struct kvm_vcpu *vcpu);
int svm_handle_exit(struct kvm_vcpu *vcpu);

/* In svm_vmenter.S: VMLOAD, VMRUN and back, with GIF = 0. */
void __svm_vcpu_run(u64 *gprs, u64 vmcb_pa, u64 save_area_pa);

/* An interrupt for a vCPU, from any core: into its IRR, then whoever runs it or sleeps with it hears of it. */
void svm_deliver_interrupt(struct kvm_vcpu *vcpu, int vector);
void svm_complete_interrupt_delivery(struct kvm_vcpu *vcpu);

#endif
