/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * KVM on Intel with blocking, wake-ups, preemption and migration, in the form of Linux 6.1 to 6.12.
 *
 * The functions of this folder stand in front of those of kvm/logic, which is the form of 2017
 * without a scheduler. A vCPU whose guest halts sleeps in kvm_vcpu_block(). As it is switched out,
 * vmx_vcpu_pi_put() makes the descriptor notify with the wake-up vector, whose handler wakes the
 * vCPUs on the CPU's list; as it is switched in, vmx_vcpu_pi_load() takes it off that list. A
 * preempted vCPU has SN set. After upstream's order of steps, not its text. Left out: halt polling,
 * timers, signals, nesting, vCPUs without APICv.
 *
 * Each function that a variant may replace has a file of its own, named after it.
 */
#ifndef IRQWEAVE_KVM_LOGIC_BLOCK_H
#define IRQWEAVE_KVM_LOGIC_BLOCK_H

#include "blocking.h"
#include "vmx.h"

#define CPU_BASED_HLT_EXITING       (1u << 7)
#define EXIT_REASON_HLT             12

/* The vCPUs that block where they were last loaded. */
struct wakeup_list {
    raw_spinlock_t lock;
    struct list_head vcpus;
} __aligned(64);

extern struct wakeup_list wakeup_lists[NR_CPUS];

static inline u64 pi_control(struct pi_desc *pi_desc)
{
    return READ_ONCE(pi_desc->control);
}

/* Fields of the control word. */
#define PI_SN           BIT(POSTED_INTR_SN)
#define PI_NV_SHIFT     16
#define PI_NV_MASK      (0xfful << PI_NV_SHIFT)
#define PI_NDST_SHIFT   32

static inline u8 pi_nv(u64 control)
{
    return control >> PI_NV_SHIFT;
}

static inline u64 pi_with_nv(u64 control, u64 vector)
{
    return (control & ~PI_NV_MASK) | vector << PI_NV_SHIFT;
}

static inline u64 pi_with_ndst(u64 control, u64 apicid)
{
    return (control & 0xffffffff) | apicid << PI_NDST_SHIFT;
}

static inline bool pi_test_and_clear_sn(struct pi_desc *pi_desc)
{
    bool old;

    asm volatile("lock; btrq %2, %0" : "+m"(pi_desc->control), "=@ccc"(old)
                 : "J"(POSTED_INTR_SN) : "memory");
    return old;
}

static inline bool pi_is_pir_empty(struct pi_desc *pi_desc)
{
    for (int i = 0; i < PIR_WORDS; i++)
        if (READ_ONCE(pi_desc->pir[i]))
            return false;
    return true;
}

/* Set-up: a vCPU whose guest's HLT exits, loaded on this core; its thread runs it. */
void block_init(unsigned long cpu);
void block_create_vcpu(struct kvm_vcpu *vcpu, int vcpu_id, unsigned long cpu,
                       union thread_union *thread);
/* Else a halted guest waits in guest mode, and its vCPU never blocks. */
bool vmx_hlt_exits(void);

/* Loading and putting: notifiers of the scheduler call them. */
void vmx_vcpu_load_vmcs(struct kvm_vcpu *vcpu, int cpu);
void vmx_vcpu_pi_load(struct kvm_vcpu *vcpu, int cpu);
void vmx_vcpu_pi_put(struct kvm_vcpu *vcpu);
bool vmx_needs_pi_wakeup(struct kvm_vcpu *vcpu);
void pi_enable_wakeup_handler(struct kvm_vcpu *vcpu);
void pi_wakeup_handler(void);

#endif
