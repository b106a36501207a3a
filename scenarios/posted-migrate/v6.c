/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V6: V3, but NDST follows the vCPU while the list that it is on does not.
 */
#include "pi_load.h"
#include "waker_cpu.h"

void vmx_vcpu_pi_load(struct kvm_vcpu *vcpu, int cpu)
{
    u64 old = pi_control(&vcpu->pi_desc), new;

    do
        new = pi_with_ndst(old & ~PI_SN, cpu);
    while (!try_cmpxchg64(&vcpu->pi_desc.control, &old, new));
    smp_mb__after_atomic();
    if (!pi_is_pir_empty(&vcpu->pi_desc))
        set_bit(POSTED_INTR_ON, &vcpu->pi_desc.control);
}
