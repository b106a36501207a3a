/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For variants: nobody looks at ON behind the switch to the wake-up vector.
 */
#include "block.h"

void pi_enable_wakeup_handler(struct kvm_vcpu *vcpu)
{
    unsigned long flags = local_irq_save();
    struct wakeup_list *list = &wakeup_lists[vcpu->cpu];
    u64 old = pi_control(&vcpu->pi_desc), new;

    raw_spin_lock(&list->lock);
    list_add_tail(&to_block(vcpu)->pi_wakeup_list, &list->vcpus);
    raw_spin_unlock(&list->lock);

    do
        new = pi_with_nv(old, POSTED_INTR_WAKEUP_VECTOR);
    while (!try_cmpxchg64(&vcpu->pi_desc.control, &old, new));
    local_irq_restore(flags);       /* upstream: if ON is set, a wake-up interrupt to itself */
}
