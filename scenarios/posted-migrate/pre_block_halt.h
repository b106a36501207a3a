/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocking in the form of Linux 5.0: list and wake-up vector before the last test, undone when the
 * vCPU is awake. In between it may be woken for nothing, move, and sleep again.
 */
#include "pre_block.h"
#include "waker_cpu.h"

void kvm_vcpu_halt(struct kvm_vcpu *vcpu)
{
    wakeup_list_add(vcpu);
    if (!(notify_with(vcpu, POSTED_INTR_WAKEUP_VECTOR) & BIT(POSTED_INTR_ON)))
        kvm_vcpu_block(vcpu);
    pi_post_block(vcpu);
}

/* NDST and SN; the vector is the thread's own business. */
static void point_at(struct kvm_vcpu *vcpu, int cpu)
{
    struct pi_desc *pi_desc = &vcpu->pi_desc;
    u64 old = pi_control(pi_desc);

    while (!try_cmpxchg64(&pi_desc->control, &old, pi_with_ndst(old & ~PI_SN, cpu)))
        ;
    smp_mb__after_atomic();
    if (!pi_is_pir_empty(pi_desc))
        set_bit(POSTED_INTR_ON, &pi_desc->control);
}
