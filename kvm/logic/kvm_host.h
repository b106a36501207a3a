/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * KVM's vCPU, its mode, its requests, and the functions around guest entry.
 *
 * The textbook form of KVM on Intel as of early 2017, in upstream's names and order of steps: one
 * vCPU a thread, an APIC that is fully virtualized by hardware, posted interrupts. After upstream's
 * Documentation/virt/kvm/vcpu-requests.rst and facts about its sources, not after its text. Left
 * out: blocking and wake-ups, migration, nesting, software injection, user space.
 *
 * Each function that a variant of a scenario may replace has a file of its own, named after it.
 */
#ifndef IRQWEAVE_KVM_LOGIC_KVM_HOST_H
#define IRQWEAVE_KVM_LOGIC_KVM_HOST_H

#include "barrier.h"
#include "bitops.h"
#include "posted_intr.h"

#define NR_VCPUS 3      /* of the largest scenario */

/* vcpu->mode */
#define OUTSIDE_GUEST_MODE  0
#define IN_GUEST_MODE       1
#define EXITING_GUEST_MODE  2

/* Bits of vcpu->requests. */
#define KVM_REQ_UNBLOCK     2   /* do not go on waiting: look again */
#define KVM_REQ_EVENT       6   /* look for interrupts to inject before the next entry */
#define KVM_REQ_TEST        8   /* noted in ledger_served, nothing else */

/* Guest registers outside the VMCS, in the order of their encoding; slot 4 (RSP) is unused. */
#define GUEST_GPR_COUNT     16

struct kvm_vcpu {
    int cpu;                    /* where it is loaded; its thread writes, kickers read */
    int vcpu_id;
    int mode;
    unsigned long requests;
    struct pi_desc pi_desc;

    /* From here on private to the vCPU's own thread. */
    u8 *apic_regs;              /* virtual-APIC page: hardware's vIRR and vISR */
    void *vmcs;
    u8 launched;
    u64 gprs[GUEST_GPR_COUNT];
};

extern struct kvm_vcpu vcpus[NR_VCPUS];
extern u8 apic_pages[NR_VCPUS][PAGE_SIZE];

/* Has this one been created? Then it has its page. */
static inline bool vcpu_exists(struct kvm_vcpu *vcpu)
{
    return vcpu->apic_regs != NULL;
}

/*
 * How often KVM_REQ_TEST was raised: whoever raises it counts before that. And the count that was
 * found when it was last serviced: less than the first if it was raised once more.
 */
extern u32 ledger_requested;
extern u32 ledger_served;

/* Requests: raised by anyone, consumed by the vCPU's thread. */

static inline void kvm_make_request(int req, struct kvm_vcpu *vcpu)
{
    /* What the request is about must be visible before it. Pairs with kvm_check_request(). */
    smp_wmb();
    set_bit(req, &vcpu->requests);
}

static inline bool kvm_request_pending(struct kvm_vcpu *vcpu)
{
    return READ_ONCE(vcpu->requests) != 0;
}

static inline bool kvm_check_request(int req, struct kvm_vcpu *vcpu)
{
    if (!test_bit(req, &vcpu->requests))
        return false;
    clear_bit(req, &vcpu->requests);
    smp_mb__after_atomic();
    return true;
}

/* The kicker's half of the mode protocol; returns the mode it found. */
static inline int kvm_vcpu_exiting_guest_mode(struct kvm_vcpu *vcpu)
{
    return cmpxchg(&vcpu->mode, IN_GUEST_MODE, EXITING_GUEST_MODE);
}

/* The last look before VM entry: was this vCPU kicked, or is there something to do first? */
static inline bool kvm_vcpu_exit_request(struct kvm_vcpu *vcpu)
{
    return READ_ONCE(vcpu->mode) == EXITING_GUEST_MODE || kvm_request_pending(vcpu);
}

void kvm_vcpu_kick(struct kvm_vcpu *vcpu);

/* For all vCPUs; returns once none runs a guest that has not seen the request. Needs runtime/sched. */
void kvm_make_all_cpus_request(int req);

/* The run loop and its parts. An int says: 1 go on, 0 or less leave the loop. */
int vcpu_run(struct kvm_vcpu *vcpu);
int vcpu_enter_guest(struct kvm_vcpu *vcpu);
void kvm_service_requests(struct kvm_vcpu *vcpu);
void inject_pending_event(struct kvm_vcpu *vcpu);
int kvm_cancel_entry(struct kvm_vcpu *vcpu);
int kvm_finish_exit(struct kvm_vcpu *vcpu);

/* Behind the last look, just before VM entry: warns if it is not to be entered so. */
void kvm_apicv_assert(struct kvm_vcpu *vcpu);

#endif
