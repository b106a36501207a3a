/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest hypervisor, L1, that runs a guest of its own, L2.
 *
 * The processor knows one level: L0 runs L2 on a VMCB that it makes of L1's wishes. vmcb01 is L1's own VMCB, vmcb12 what L1
 * has built, vmcb02 what the processor gets while L2 runs. L1's VMRUN exits, and L0 does what it asks for; an
 * interrupt for L1 ends the stay in L2. In upstream's names and order of steps as of Linux 6.1 to 6.12, from facts about
 * it. [APM vol. 2, 15.5, 15.6, 15.33]
 *
 * vmcb02 has no AVIC: what is on is L1's. A core has one AVIC and one doorbell, so L1's vCPU cannot be reached by
 * either while L2 runs. So it has a reason of its own against AVIC meanwhile: it is marked as not running, and who sends
 * it an interrupt requests EVENT and kicks.
 *
 * L1 has a virtual GIF: CLGI and STGI do not exit. Left out: L2's nested paging and MSR map (all its MSR accesses exit),
 * what L1 injects into L2 (so that a nested entry may be given up before L2 has run), VMLOAD and VMSAVE of L1 (vmcb02
 * takes FS, GS and TR from vmcb12), checks of vmcb12, virtual GIF, virtual NMIs and AVIC for L2, L1 with interrupts off
 * while L2 runs.
 *
 * Each function that a variant may replace has a file of its own, named after it.
 */
#ifndef IRQWEAVE_KVM_LOGIC_SVM_NESTED_H
#define IRQWEAVE_KVM_LOGIC_SVM_NESTED_H

#include "avic_inhibit/avic_inhibit.h"

struct nested_svm {
    bool guest_mode;            /* L2 runs, or will at the next VMRUN; in the vCPU's thread */
    bool update_apicv;          /* for variants: an update that L2 has put off */
    struct vmcb *vmcb02, *vmcb12;
};

extern struct nested_svm nested_svms[NR_VCPUS];

static inline struct nested_svm *to_nested(struct kvm_vcpu *vcpu)
{
    return &nested_svms[vcpu->vcpu_id];
}

static inline bool is_guest_mode(struct kvm_vcpu *vcpu)
{
    return to_nested(vcpu)->guest_mode;
}

/* Set-up: of a vCPU that has been created. */
void nested_svm_create(struct kvm_vcpu *vcpu);

/* Which VMCB the next VMRUN takes, and its GIF. */
void svm_switch_vmcb(struct kvm_vcpu *vcpu, struct vmcb *vmcb);
void svm_set_gif(struct kvm_vcpu *vcpu, bool value);

/* From L1 to L2 and back; in the vCPU's thread, outside guest mode. */
int nested_svm_vmrun(struct kvm_vcpu *vcpu);
void nested_svm_vmexit(struct kvm_vcpu *vcpu, u64 exit_code);
void copy_save_area(struct vmcb *to, const struct vmcb *from);

/* What that means for AVIC of L1. */
unsigned long avic_vcpu_get_apicv_inhibit_reasons(struct kvm_vcpu *vcpu);
void nested_svm_vmrun_apicv(struct kvm_vcpu *vcpu);
void nested_svm_vmexit_apicv(struct kvm_vcpu *vcpu);

/* What KVM_REQ_EVENT asks for first while L2 runs. */
void svm_check_nested_events(struct kvm_vcpu *vcpu);

#endif
