/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V6: as in Linux 5.0 to 5.4. NDST follows a vCPU that is still on the list of another CPU.
 */
#include "pre_block_halt.h"

void vmx_vcpu_pi_load(struct kvm_vcpu *vcpu, int cpu)
{
    point_at(vcpu, cpu);
}
