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

#include "sched.h"
#include "vmx.h"

#define VM_EXIT_INSTRUCTION_LEN     0x440c
#define CPU_BASED_HLT_EXITING       (1u << 7)
#define EXIT_REASON_HLT             12
#define GUEST_INTR_STATE_STI        1u
#define GUEST_INTR_STATE_MOV_SS     2u
#define APIC_PROCPRI                0xa0        /* VPPR, byte offset in the virtual-APIC page */

#define KVM_MP_STATE_RUNNABLE       0
#define KVM_MP_STATE_HALTED         3

struct list_head {
    struct list_head *next, *prev;
};

/* What upstream has in kvm_vcpu and vcpu_vmx for all this. */
struct vcpu_block {
    struct rcuwait wait;
    struct list_head pi_wakeup_list;
    struct preempt_notifier notifier;   /* first to last: of the vCPU whose number this has */
    struct kvm_vcpu *vcpu;
    int loaded_cpu;                     /* where the VMCS is active, -1: nowhere */
    u8 mp_state;
    u8 preempted;                       /* switched out although runnable */
};

extern struct vcpu_block vcpu_blocks[NR_VCPUS];

/* The vCPUs that block where they were last loaded. */
struct wakeup_list {
    raw_spinlock_t lock;
    struct list_head vcpus;
} __aligned(64);

extern struct wakeup_list wakeup_lists[NR_CPUS];

static inline struct vcpu_block *to_block(struct kvm_vcpu *vcpu)
{
    return &vcpu_blocks[vcpu->vcpu_id];
}

#define container_of(pointer, type, member) \
    ((type *)((u8 *)(pointer) - offsetof(type, member)))

static inline void INIT_LIST_HEAD(struct list_head *list)
{
    WRITE_ONCE(list->next, list);
    list->prev = list;
}

static inline void list_add_tail(struct list_head *entry, struct list_head *list)
{
    struct list_head *last = list->prev;

    list->prev = entry;
    entry->next = list;
    entry->prev = last;
    WRITE_ONCE(last->next, entry);
}

/* Whoever still follows the pointers of an entry that is gone shall fault. */
#define LIST_POISON ((struct list_head *)0xdead000000000100)

static inline void list_del(struct list_head *entry)
{
    entry->next->prev = entry->prev;
    WRITE_ONCE(entry->prev->next, entry->next);
    entry->next = LIST_POISON;
    entry->prev = LIST_POISON;
}

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
void vcpu_thread(void *vcpu);
/* Else a halted guest waits in guest mode, and its vCPU never blocks. */
bool vmx_hlt_exits(void);

/* Blocking and waking. */
int kvm_emulate_halt(struct kvm_vcpu *vcpu);
int vcpu_block(struct kvm_vcpu *vcpu);
void kvm_vcpu_halt(struct kvm_vcpu *vcpu);
bool kvm_vcpu_block(struct kvm_vcpu *vcpu);
int kvm_vcpu_check_block(struct kvm_vcpu *vcpu);
bool kvm_arch_vcpu_runnable(struct kvm_vcpu *vcpu);
bool vmx_interrupt_blocked(void);
bool kvm_vcpu_wake_up(struct kvm_vcpu *vcpu);

static inline bool kvm_vcpu_is_blocking(struct kvm_vcpu *vcpu)
{
    return rcuwait_active(&to_block(vcpu)->wait);
}

/* Loading and putting: notifiers of the scheduler call them. */
void kvm_sched_in(struct preempt_notifier *notifier, int cpu);
void kvm_sched_out(struct preempt_notifier *notifier, struct task_struct *prev);
void vmx_vcpu_load_vmcs(struct kvm_vcpu *vcpu, int cpu);
void vmx_vcpu_pi_load(struct kvm_vcpu *vcpu, int cpu);
void vmx_vcpu_pi_put(struct kvm_vcpu *vcpu);
bool vmx_needs_pi_wakeup(struct kvm_vcpu *vcpu);
void pi_enable_wakeup_handler(struct kvm_vcpu *vcpu);
void pi_wakeup_handler(void);

#endif
