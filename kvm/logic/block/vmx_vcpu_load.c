/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making a vCPU current on this core, wherever it was; see block.h.
 */
#include "block.h"

/* vcpu->cpu is the previous core until the descriptor has been seen to. */
void vmx_vcpu_load(struct kvm_vcpu *vcpu, unsigned long cpu)
{
    vmx_vcpu_load_vmcs(vcpu, cpu);
    vmx_vcpu_pi_load(vcpu, cpu);
    if (vcpu->cpu != (int)cpu)
        WRITE_ONCE(vcpu->cpu, cpu);
}
