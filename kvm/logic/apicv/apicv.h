/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * APIC virtualization on and off while the VM runs: one word a VM with the reasons against it, one bit
 * a vCPU that says what its VMCS does, one request, one lock. Without it software emulates the vCPU's
 * APIC: pending vectors are injected at VM entry, EOI exits.
 *
 * In upstream's names and order of steps as of Linux 5.18 and later, from facts about it. The vCPU's
 * registers are in its virtual-APIC page in both cases. Left out: the APIC's MMIO page and its mapping,
 * TPR and PPR (the guest never writes TPR), level-triggered interrupts, split irqchips, the sleeping
 * lock (here a spinning one, and nobody is preempted inside).
 */
#ifndef IRQWEAVE_KVM_LOGIC_APICV_H
#define IRQWEAVE_KVM_LOGIC_APICV_H

#include "sched.h"
#include "vmx.h"

#define KVM_REQ_APICV_UPDATE    9
#define APICV_INHIBIT_REASON_ABSENT 1       /* any one will do */

/* apicv_update_lock: one writer, or readers. */
struct apicv_lock {
    u32 writer;
    u32 readers;
};

struct kvm_apicv {
    struct apicv_lock lock;
    unsigned long inhibit_reasons;          /* a bit each; 0: APICv is activated */
};

struct apicv_vcpu {
    bool active;                            /* apic->apicv_active */
};

extern struct kvm_apicv kvm_apicv;
extern struct apicv_vcpu apicv_vcpus[NR_VCPUS];

static inline struct apicv_vcpu *to_apicv(struct kvm_vcpu *vcpu)
{
    return &apicv_vcpus[vcpu->vcpu_id];
}

static inline bool kvm_apicv_activated(void)
{
    return READ_ONCE(kvm_apicv.inhibit_reasons) == 0;
}

static inline bool kvm_vcpu_apicv_active(struct kvm_vcpu *vcpu)
{
    return READ_ONCE(to_apicv(vcpu)->active);
}

void apicv_lock_write(struct apicv_lock *lock);
void apicv_unlock_write(struct apicv_lock *lock);
void apicv_lock_read(struct apicv_lock *lock);
void apicv_unlock_read(struct apicv_lock *lock);

/* From any core. */
void kvm_set_or_clear_apicv_inhibit(int reason, bool set);

/* In the vCPU's thread. */
void kvm_vcpu_update_apicv(struct kvm_vcpu *vcpu);
void vmx_refresh_apicv_exec_ctrl(struct kvm_vcpu *vcpu);
void kvm_apicv_assert(struct kvm_vcpu *vcpu);

/* An interrupt for a vCPU, by whichever way its APIC takes them. */
void vmx_deliver_interrupt_apicv(struct kvm_vcpu *vcpu, int vector);

/* The APIC in software: highest vector in vIRR or vISR, -1 if none; EOI by an exit. */
int apic_find_highest_isr(struct kvm_vcpu *vcpu);
void kvm_apic_set_eoi(struct kvm_vcpu *vcpu);

#endif
