/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loading the descriptor where the thread is never preempted and stays on its core: only once.
 */
#include "block.h"

void vmx_vcpu_pi_load(struct kvm_vcpu *vcpu, int cpu)
{
    if (vcpu->cpu != cpu)
        vcpu->pi_desc.control = pi_with_ndst(pi_with_nv(0, POSTED_INTR_VECTOR), cpu);
}
