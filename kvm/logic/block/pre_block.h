/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocking in the form of Linux 4.4 to 5.16, in parts for variants: the thread itself goes on the
 * wake-up list and changes the descriptor, with interrupts on, and not the scheduler's notifiers.
 */
#include "block.h"

bool vmx_needs_pi_wakeup(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    return false;
}

/* The CPU whose list the vCPU is on. */
static int pre_pcpu[NR_VCPUS];

static void wakeup_list_add(struct kvm_vcpu *vcpu)
{
    unsigned long flags = local_irq_save();
    struct wakeup_list *list = &wakeup_lists[vcpu->cpu];

    pre_pcpu[vcpu->vcpu_id] = vcpu->cpu;
    raw_spin_lock(&list->lock);
    list_add_tail(&to_block(vcpu)->pi_wakeup_list, &list->vcpus);
    raw_spin_unlock(&list->lock);
    local_irq_restore(flags);
}

static void wakeup_list_del(struct kvm_vcpu *vcpu)
{
    unsigned long flags = local_irq_save();
    struct wakeup_list *list = &wakeup_lists[pre_pcpu[vcpu->vcpu_id]];

    raw_spin_lock(&list->lock);
    list_del(&to_block(vcpu)->pi_wakeup_list);
    raw_spin_unlock(&list->lock);
    local_irq_restore(flags);
}

/* Returns what the word was. */
static u64 notify_with(struct kvm_vcpu *vcpu, u64 vector)
{
    u64 old = pi_control(&vcpu->pi_desc);

    while (!try_cmpxchg64(&vcpu->pi_desc.control, &old, pi_with_nv(old, vector)))
        ;
    return old;
}

/* The thread may have moved meanwhile; from here on the ordinary notification goes where it is. */
static void pi_post_block(struct kvm_vcpu *vcpu)
{
    u64 old = pi_control(&vcpu->pi_desc), new;

    do
        new = pi_with_ndst(pi_with_nv(old & ~PI_SN, POSTED_INTR_VECTOR), vcpu->cpu);
    while (!try_cmpxchg64(&vcpu->pi_desc.control, &old, new));
    wakeup_list_del(vcpu);
}
