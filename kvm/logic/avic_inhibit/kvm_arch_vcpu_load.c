/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU's thread is on a CPU, or leaves it; see blocking.h. AMD: who has no AVIC is marked as not running all the time.
 */
#include "avic_inhibit/avic_inhibit.h"
#include "percpu.h"

void kvm_arch_vcpu_load(struct kvm_vcpu *vcpu, int cpu)
{
    struct vmcb *vmcb = to_svm(vcpu)->vmcb;

    if (vcpu->cpu != cpu)
        vmcb->gdtr.base = (u64)percpu_areas[cpu].gdt;
    if (kvm_vcpu_apicv_active(vcpu))
        avic_vcpu_load(vcpu, cpu);
    if (vcpu->cpu != cpu)
        WRITE_ONCE(vcpu->cpu, cpu);
}

void kvm_arch_vcpu_put(struct kvm_vcpu *vcpu)
{
    if (kvm_vcpu_apicv_active(vcpu))
        avic_vcpu_put(vcpu);
}
