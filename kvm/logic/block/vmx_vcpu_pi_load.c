/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The descriptor of a vCPU that is switched in; see block.h.
 */
#include "block.h"

/*
 * The list is that of the core where it blocked, and its lock keeps that core's wake-up handler
 * out. Interrupts are off, because on this core the handler takes the same lock.
 */
static void leave_wakeup_list(struct kvm_vcpu *vcpu)
{
    raw_spinlock_t *lock = &wakeup_lists[vcpu->cpu].lock;

    raw_spin_lock(lock);
    list_del(&to_block(vcpu)->pi_wakeup_list);
    raw_spin_unlock(lock);
}

/* Others post and set ON meanwhile: all of the word or nothing. */
static void point_at(struct pi_desc *pi_desc, int cpu)
{
    u64 old = pi_control(pi_desc), new;

    do {
        new = pi_with_ndst(pi_with_nv(old & ~PI_SN, POSTED_INTR_VECTOR), cpu);
    } while (!try_cmpxchg64(&pi_desc->control, &old, new));
}

/*
 * What a device posted while SN was set has left ON clear, and nobody looks at PIR while ON is
 * clear. So ON is set for it now, after SN was cleared: a post that comes later sets it itself.
 */
static void after_clear_sn(struct pi_desc *pi_desc)
{
    smp_mb__after_atomic();
    if (!pi_is_pir_empty(pi_desc))
        set_bit(POSTED_INTR_ON, &pi_desc->control);
}

void vmx_vcpu_pi_load(struct kvm_vcpu *vcpu, int cpu)
{
    struct pi_desc *pi_desc = &vcpu->pi_desc;
    unsigned long flags;

    if (pi_nv(pi_control(pi_desc)) != POSTED_INTR_WAKEUP_VECTOR && vcpu->cpu == cpu) {
        if (pi_test_and_clear_sn(pi_desc))
            after_clear_sn(pi_desc);
        return;
    }

    flags = local_irq_save();
    if (pi_nv(pi_control(pi_desc)) == POSTED_INTR_WAKEUP_VECTOR)
        leave_wakeup_list(vcpu);
    point_at(pi_desc, cpu);
    local_irq_restore(flags);
    after_clear_sn(pi_desc);
}
