/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V7: as in Linux 5.5. While the wake-up vector is set, NDST stays with the list. When the vCPU is
 * awake, it points at where it is then.
 */
#include "pre_block_halt.h"

void vmx_vcpu_pi_load(struct kvm_vcpu *vcpu, int cpu)
{
    if (pi_nv(pi_control(&vcpu->pi_desc)) != POSTED_INTR_WAKEUP_VECTOR)
        point_at(vcpu, cpu);
}
