/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V4: nobody looks at PIR behind SN, as in Linux 4.8: what has been posted while SN was set stays
 * unseen.
 */
#include "pi_load.h"

void vmx_vcpu_pi_load(struct kvm_vcpu *vcpu, int cpu)
{
    unsigned long flags = local_irq_save();

    if (blocks(vcpu)) {
        raw_spin_lock(&wakeup_lists[vcpu->cpu].lock);
        list_del(&to_block(vcpu)->pi_wakeup_list);
        raw_spin_unlock(&wakeup_lists[vcpu->cpu].lock);
    }
    point_at(&vcpu->pi_desc, ~PI_SN, cpu);
    local_irq_restore(flags);       /* V0: barrier; PIR is not empty: ON = 1 */
}
