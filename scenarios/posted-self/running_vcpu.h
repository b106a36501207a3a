/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vCPU that is loaded on this core, as upstream's kvm_get_running_vcpu() tells: kept by the
 * scheduler's notifiers.
 */
#include "block.h"

static struct kvm_vcpu *kvm_running_vcpu[NR_CPUS];

/* The first load, before its thread begins, comes here too. */
void vmx_vcpu_load(struct kvm_vcpu *vcpu, unsigned long cpu)
{
    WRITE_ONCE(kvm_running_vcpu[cpu], vcpu);
    vmx_vcpu_load_vmcs(vcpu, cpu);
    vmx_vcpu_pi_load(vcpu, cpu);
    WRITE_ONCE(vcpu->cpu, cpu);
}

void kvm_arch_vcpu_load(struct kvm_vcpu *vcpu, int cpu)
{
    vmx_vcpu_load(vcpu, cpu);
}

void kvm_arch_vcpu_put(struct kvm_vcpu *vcpu)
{
    vmx_vcpu_pi_put(vcpu);
    WRITE_ONCE(kvm_running_vcpu[this_cpu_read(cpu_number)], NULL);
}

static bool runs_here(struct kvm_vcpu *vcpu)
{
    return READ_ONCE(kvm_running_vcpu[this_cpu_read(cpu_number)]) == vcpu;
}

static void notify(struct kvm_vcpu *vcpu);

void vmx_deliver_posted_interrupt(struct kvm_vcpu *vcpu, int vector)
{
    if (pi_test_and_set_pir(vector, &vcpu->pi_desc))
        return;
    region_enter(REGION_NOTIFY);
    if (!pi_test_and_set_on(&vcpu->pi_desc))
        notify(vcpu);
    region_leave(REGION_NOTIFY);
}
