/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V5: V3, but the lock is that of the CPU where the vCPU goes, not of the one where it blocked.
 */
#include "pi_load.h"
#include "waker_cpu.h"

void vmx_vcpu_pi_load(struct kvm_vcpu *vcpu, int cpu)
{
    unsigned long flags = local_irq_save();

    if (blocks(vcpu)) {
        raw_spin_lock(&wakeup_lists[cpu].lock);
        list_del(&to_block(vcpu)->pi_wakeup_list);
        raw_spin_unlock(&wakeup_lists[cpu].lock);
    }
    point_at(&vcpu->pi_desc, ~PI_SN, cpu);
    local_irq_restore(flags);
    smp_mb__after_atomic();
    if (!pi_is_pir_empty(&vcpu->pi_desc))
        set_bit(POSTED_INTR_ON, &vcpu->pi_desc.control);
}
