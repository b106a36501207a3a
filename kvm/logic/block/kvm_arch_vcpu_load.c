/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU's thread is on a CPU, or leaves it; see blocking.h. Intel.
 */
#include "block.h"

void kvm_arch_vcpu_load(struct kvm_vcpu *vcpu, int cpu)
{
    vmx_vcpu_load(vcpu, cpu);
}

void kvm_arch_vcpu_put(struct kvm_vcpu *vcpu)
{
    vmx_vcpu_pi_put(vcpu);
}
