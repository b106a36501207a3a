/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A blocked vCPU is to be woken by its notifications; see block.h.
 */
#include "block.h"

static bool switch_to_wakeup_vector(struct pi_desc *pi_desc)
{
    u64 old = pi_control(pi_desc), new;

    do
        new = pi_with_nv(old, POSTED_INTR_WAKEUP_VECTOR);
    while (!try_cmpxchg64(&pi_desc->control, &old, new));
    return new & BIT(POSTED_INTR_ON);
}

/*
 * NDST is this core already. A post before the switch has sent the ordinary notification, which
 * wakes nobody, and later posts find ON set and send none. So this core sends itself one: to wake
 * here and now is impossible, the thread's queue is locked.
 */
void pi_enable_wakeup_handler(struct kvm_vcpu *vcpu)
{
    unsigned long flags = local_irq_save();
    struct wakeup_list *list = &wakeup_lists[vcpu->cpu];

    raw_spin_lock(&list->lock);
    list_add_tail(&to_block(vcpu)->pi_wakeup_list, &list->vcpus);
    raw_spin_unlock(&list->lock);

    if (switch_to_wakeup_vector(&vcpu->pi_desc))
        x2apic_send_IPI(vcpu->cpu, POSTED_INTR_WAKEUP_VECTOR);
    local_irq_restore(flags);
}
