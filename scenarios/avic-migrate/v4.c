/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V4: V0n, but whoever rings takes it for a mistake if the vCPU is elsewhere by then.
 */
#include "avic/avic.h"
#include "irqflags.h"
#include "not_preemptible.h"

void avic_ring_doorbell(struct kvm_vcpu *vcpu)
{
    int cpu = READ_ONCE(vcpu->cpu);

    if (cpu != get_cpu()) {
        wrmsr(MSR_AMD64_SVM_AVIC_DOORBELL, cpu);
        WARN_ON(READ_ONCE(vcpu->cpu) != cpu);
    }
    put_cpu();
}
