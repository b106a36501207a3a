/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The handler of the wake-up vector; see block.h.
 */
#include "block.h"

void pi_wakeup_handler(void)
{
    struct wakeup_list *list = &wakeup_lists[this_cpu_read(cpu_number)];
    struct list_head *entry;

    region_enter(REGION_WAKE);
    raw_spin_lock(&list->lock);
    for (entry = READ_ONCE(list->vcpus.next); entry != &list->vcpus;
         entry = READ_ONCE(entry->next)) {
        struct kvm_vcpu *vcpu = container_of(entry, struct vcpu_block, pi_wakeup_list)->vcpu;

        if (pi_test_on(&vcpu->pi_desc))
            kvm_vcpu_wake_up(vcpu);
    }
    raw_spin_unlock(&list->lock);
    region_leave(REGION_WAKE);
}
