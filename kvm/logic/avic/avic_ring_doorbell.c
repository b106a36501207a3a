/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ringing the core of a vCPU that is in guest mode; see avic.h.
 */
#include "avic/avic.h"
#include "irqflags.h"

/*
 * The vCPU may move meanwhile; then VMRUN on the other core looks. If it is on this core it is not in guest mode.
 */
void avic_ring_doorbell(struct kvm_vcpu *vcpu)
{
    int cpu = READ_ONCE(vcpu->cpu);

    if (cpu != get_cpu())
        wrmsr(MSR_AMD64_SVM_AVIC_DOORBELL, cpu);    /* the APIC id equals the core's number */
    put_cpu();
    preempt_check_resched();
}
