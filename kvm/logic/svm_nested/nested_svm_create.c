/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcb02, and what L1 is offered; see svm_nested.h.
 */
#include "svm_nested/svm_nested.h"

struct nested_svm nested_svms[NR_VCPUS];

static struct vmcb vmcb02_pages[NR_VCPUS] __aligned(PAGE_SIZE);

void nested_svm_create(struct kvm_vcpu *vcpu)
{
    struct vmcb *vmcb01 = to_svm(vcpu)->vmcb01, *vmcb02 = &vmcb02_pages[vcpu->vcpu_id];

    to_nested(vcpu)->vmcb02 = vmcb02;
    vmcb02->asid = 1 + NR_VCPUS + vcpu->vcpu_id;
    svm_set_x2apic_msr_interception(vmcb02, true);
    vmcb01->int_ctl |= V_GIF_ENABLE_MASK | V_GIF_MASK;
    vmcb_clr_intercept(vmcb01, SVM_EXIT_STGI);
    vmcb_clr_intercept(vmcb01, SVM_EXIT_CLGI);
}

void svm_switch_vmcb(struct kvm_vcpu *vcpu, struct vmcb *vmcb)
{
    to_svm(vcpu)->vmcb = vmcb;
    to_svm(vcpu)->vmcb_pa = __pa(vmcb);
}

/* What could not be taken with GIF = 0 is looked at again. */
void svm_set_gif(struct kvm_vcpu *vcpu, bool value)
{
    struct vmcb *vmcb = to_svm(vcpu)->vmcb;

    if (!value) {
        vmcb->int_ctl &= ~V_GIF_MASK;
        return;
    }
    vmcb->int_ctl |= V_GIF_MASK;
    if (virtual_apic_has_interrupt(vcpu))
        kvm_make_request(KVM_REQ_EVENT, vcpu);
}
