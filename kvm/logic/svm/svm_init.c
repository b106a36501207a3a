/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Set-up of cores and vCPUs; see svm.h.
 */
#include "avic/avic.h"
#include "xapic/guest_xapic.h"

struct vcpu_svm vcpu_svms[NR_VCPUS];

static struct vmcb vmcb_pages[NR_VCPUS] __aligned(PAGE_SIZE);

void svm_init(unsigned long cpu)
{
    sched_init(cpu);
    hardware_enable(cpu);
}

void svm_create_vcpu(struct kvm_vcpu *vcpu, int vcpu_id, unsigned long cpu, union thread_union *thread)
{
    struct vcpu_svm *svm = &vcpu_svms[vcpu_id];

    kvm_vcpu_block_init(vcpu, vcpu_id, thread);
    vcpu->mode = OUTSIDE_GUEST_MODE;
    vcpu->apic_regs = apic_pages[vcpu_id];
    svm->vmcb = &vmcb_pages[vcpu_id];
    svm->vmcb_pa = __pa(svm->vmcb);
    svm->vmcb01 = svm->vmcb;
    guest_init_vcpu(vcpu_id);
    init_vmcb(vcpu);
    avic_init_vcpu(vcpu);
    kvm_arch_vcpu_load(vcpu, cpu);
}

/* Its guest waits in guest mode when it halts, and its vCPU never blocks. */
void svm_halt_inside(struct kvm_vcpu *vcpu)
{
    vmcb_clr_intercept(to_svm(vcpu)->vmcb, SVM_EXIT_HLT);
}
