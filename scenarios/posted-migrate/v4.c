/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V4: V3, but the vCPU leaves the wake-up list without the list's lock.
 */
#include "pi_load.h"
#include "waker_cpu.h"

void vmx_vcpu_pi_load(struct kvm_vcpu *vcpu, int cpu)
{
    unsigned long flags = local_irq_save();

    if (blocks(vcpu))
        list_del(&to_block(vcpu)->pi_wakeup_list);
    point_at(&vcpu->pi_desc, ~PI_SN, cpu);
    local_irq_restore(flags);
    smp_mb__after_atomic();
    if (!pi_is_pir_empty(&vcpu->pi_desc))
        set_bit(POSTED_INTR_ON, &vcpu->pi_desc.control);
}
