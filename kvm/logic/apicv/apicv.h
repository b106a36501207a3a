/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * APIC virtualization on and off while the VM runs: one word a VM with the reasons against it, one bit
 * a vCPU that says what its VMCS or VMCB does, one request, one lock. Without it software emulates the
 * vCPU's APIC: pending vectors are injected at VM entry, EOI exits.
 *
 * In upstream's names and order of steps as of Linux 5.18 and later, from facts about it. The vCPU's
 * registers are in its virtual-APIC page in both cases. Left out: the APIC's MMIO page and its mapping (logic/apic_page),
 * TPR (the guest never writes it), level-triggered interrupts, split irqchips, the sleeping lock (here a
 * spinning one, and nobody is preempted inside).
 *
 * This folder has Intel's part, too, and avic_inhibit has AMD's: kvm_x86_ops.c says which is which.
 */
#ifndef IRQWEAVE_KVM_LOGIC_APICV_H
#define IRQWEAVE_KVM_LOGIC_APICV_H

#include "kvm_host.h"
#include "sched.h"

#define KVM_REQ_APICV_UPDATE    9
#define APICV_INHIBIT_REASON_ABSENT 1       /* of a VM: any one will do */
#define APICV_INHIBIT_REASON_NESTED 3       /* of a vCPU: its guest's guest runs */

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

/* What invariants ask about, marked. */
static inline void kvm_apicv_set_word(unsigned long reasons)
{
    region_enter(REGION_APICV_WORD);
    WRITE_ONCE(kvm_apicv.inhibit_reasons, reasons);
    region_leave(REGION_APICV_WORD);
}

static inline bool kvm_vcpu_apicv_active(struct kvm_vcpu *vcpu)
{
    return READ_ONCE(to_apicv(vcpu)->active);
}

void apicv_lock_write(struct apicv_lock *lock);
void apicv_unlock_write(struct apicv_lock *lock);
void apicv_lock_read(struct apicv_lock *lock);
void apicv_unlock_read(struct apicv_lock *lock);

static inline unsigned long apicv_inhibits_with(unsigned long inhibits, int reason, bool set)
{
    return set ? inhibits | BIT(reason) : inhibits & ~BIT(reason);
}

/* From any core. The second with the lock. */
void kvm_set_or_clear_apicv_inhibit(int reason, bool set);
void __kvm_set_or_clear_apicv_inhibit(int reason, bool set);

/* A reason has come: an access to the page of the APIC leaves the guest from now on. */
void kvm_zap_apic_page(void);

/* In the vCPU's thread: of the VM and of the vCPU itself. */
bool kvm_vcpu_apicv_activated(struct kvm_vcpu *vcpu);
void kvm_vcpu_update_apicv(struct kvm_vcpu *vcpu);

/* The vendor's part, in the vCPU's thread. The controls follow apicv_active; reasons of this vCPU, a bit each; what is
 * pending ends the stay in a guest of the guest (true: one runs on, and nothing may be injected); does one run (only
 * Intel's part asks); an interrupt of a software APIC is injected, or the guest leaves as soon as it could be. */
void kvm_x86_refresh_apicv_exec_ctrl(struct kvm_vcpu *vcpu);
unsigned long kvm_x86_vcpu_get_apicv_inhibit_reasons(struct kvm_vcpu *vcpu);
bool kvm_x86_check_nested_events(struct kvm_vcpu *vcpu);
bool kvm_x86_is_guest_mode(struct kvm_vcpu *vcpu);
bool kvm_x86_interrupt_allowed(struct kvm_vcpu *vcpu);
void kvm_x86_inject_irq(struct kvm_vcpu *vcpu, int vector);
void kvm_x86_enable_irq_window(struct kvm_vcpu *vcpu, bool on);

/* Intel: the hook, and what it writes into the VMCS that is current. */
void vmx_refresh_apicv_exec_ctrl(struct kvm_vcpu *vcpu);
void vmx_write_apicv_controls(struct kvm_vcpu *vcpu);

/* An interrupt for a vCPU, by whichever way its APIC takes them. */
void vmx_deliver_interrupt_apicv(struct kvm_vcpu *vcpu, int vector);

/* The APIC in software: highest vector in vISR, -1 if none; PPR follows that; a vector is taken; EOI by an exit. */
int apic_find_highest_isr(struct kvm_vcpu *vcpu);
void apic_update_ppr(struct kvm_vcpu *vcpu);
void kvm_apic_ack_interrupt(struct kvm_vcpu *vcpu, int vector);
void kvm_apic_set_eoi(struct kvm_vcpu *vcpu);

#endif
