/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocking, wake-ups and the scheduler's notifiers: what KVM has for the processors of both vendors.
 *
 * block.h is for Intel, svm/svm.h for AMD; each gives the functions here that look into a vCPU. Each function that
 * a variant may replace has a file of its own, named after it.
 */
#ifndef IRQWEAVE_KVM_LOGIC_BLOCKING_H
#define IRQWEAVE_KVM_LOGIC_BLOCKING_H

#include "kvm_host.h"
#include "list.h"
#include "sched.h"

#define KVM_MP_STATE_RUNNABLE       0
#define KVM_MP_STATE_HALTED         3

/* What upstream has in kvm_vcpu, and in its Intel part, for all this. */
struct vcpu_block {
    struct rcuwait wait;
    struct list_head pi_wakeup_list;    /* Intel only */
    struct preempt_notifier notifier;   /* first to last: of the vCPU whose number this has */
    struct kvm_vcpu *vcpu;
    int loaded_cpu;                     /* Intel: where the VMCS is active, -1: nowhere */
    u8 mp_state;
    u8 preempted;                       /* switched out although runnable */
};

extern struct vcpu_block vcpu_blocks[NR_VCPUS];

static inline struct vcpu_block *to_block(struct kvm_vcpu *vcpu)
{
    return &vcpu_blocks[vcpu->vcpu_id];
}

/* Before the first run: the notifiers of its thread are those of the vCPU. */
void kvm_vcpu_block_init(struct kvm_vcpu *vcpu, int vcpu_id, union thread_union *thread);
void vcpu_thread(void *vcpu);

/* Blocking and waking. */
int kvm_emulate_halt(struct kvm_vcpu *vcpu);
int vcpu_block(struct kvm_vcpu *vcpu);
void kvm_vcpu_halt(struct kvm_vcpu *vcpu);
bool kvm_vcpu_block(struct kvm_vcpu *vcpu);
int kvm_vcpu_check_block(struct kvm_vcpu *vcpu);
bool kvm_arch_vcpu_runnable(struct kvm_vcpu *vcpu);
bool kvm_vcpu_wake_up(struct kvm_vcpu *vcpu);

static inline bool kvm_vcpu_is_blocking(struct kvm_vcpu *vcpu)
{
    return rcuwait_active(&to_block(vcpu)->wait);
}

/* The waiter is there, and is gone, with what the vendor has to do around that. */
void kvm_vcpu_begin_wait(struct kvm_vcpu *vcpu);
void kvm_vcpu_end_wait(struct kvm_vcpu *vcpu);

/* The thread of a vCPU is switched in and out: notifiers of the scheduler, and what the vendor does then. */
void kvm_sched_in(struct preempt_notifier *notifier, int cpu);
void kvm_sched_out(struct preempt_notifier *notifier, struct task_struct *prev);
void kvm_arch_vcpu_load(struct kvm_vcpu *vcpu, int cpu);
void kvm_arch_vcpu_put(struct kvm_vcpu *vcpu);

#endif
