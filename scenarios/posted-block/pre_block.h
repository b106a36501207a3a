/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The thread itself goes on the list and changes the descriptor, with interrupts on, instead of the
 * scheduler's notifiers; the parts of it.
 */
#include "block.h"
#include "v_needs_no_wakeup.h"

static void wakeup_list_add(struct kvm_vcpu *vcpu)
{
    unsigned long flags = local_irq_save();
    struct wakeup_list *list = &wakeup_lists[vcpu->cpu];

    raw_spin_lock(&list->lock);
    list_add_tail(&to_block(vcpu)->pi_wakeup_list, &list->vcpus);
    raw_spin_unlock(&list->lock);
    local_irq_restore(flags);
}

static void wakeup_list_del(struct kvm_vcpu *vcpu)
{
    unsigned long flags = local_irq_save();
    struct wakeup_list *list = &wakeup_lists[vcpu->cpu];

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

static void pi_post_block(struct kvm_vcpu *vcpu)
{
    notify_with(vcpu, POSTED_INTR_VECTOR);
    wakeup_list_del(vcpu);
}

/* The thread is never preempted here and stays on its core: nothing to do. */
void vmx_vcpu_pi_load(struct kvm_vcpu *vcpu, int cpu)
{
    if (vcpu->cpu != cpu)
        vcpu->pi_desc.control = pi_with_ndst(pi_with_nv(0, POSTED_INTR_VECTOR), cpu);
}
