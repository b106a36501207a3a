/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In the form that goes with the fast path: no notification to the vCPU of this very core; see fastpath.h.
 */
#include "fastpath.h"

#include "percpu.h"

void vmx_deliver_posted_interrupt(struct kvm_vcpu *vcpu, int vector)
{
    if (pi_test_and_set_pir(vector, &vcpu->pi_desc) || pi_test_and_set_on(&vcpu->pi_desc))
        return;
    if (kvm_running_vcpu[this_cpu_read(cpu_number)] == vcpu) {
        vmx_notify_self(vcpu);
        return;
    }
    if (!kvm_vcpu_trigger_posted_interrupt(vcpu))
        kvm_vcpu_kick(vcpu);
}
