/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * L1 enters L2; see svm_nested.h.
 */
#include "svm_nested/svm_nested.h"

#define SAVE_AREA_FIRST offsetof(struct vmcb, es)
#define SAVE_AREA_END   (offsetof(struct vmcb, rax) + sizeof(u64))
#define VMCB12_INT_CTL  (0xful | V_IRQ_MASK | V_INTR_PRIO_MASK)     /* V_TPR and V_IRQ are L1's to give */

void copy_save_area(struct vmcb *to, const struct vmcb *from)
{
    for (size_t i = SAVE_AREA_FIRST; i < SAVE_AREA_END; i += sizeof(u64))
        *(u64 *)((u8 *)to + i) = *(const u64 *)((const u8 *)from + i);
}

/* AVIC is none of the bits that vmcb02 has of either. */
static void prepare_vmcb02(const struct vmcb *vmcb01, const struct vmcb *vmcb12, struct vmcb *vmcb02)
{
    for (int i = 0; i < 6; i++)
        vmcb02->intercepts[i] = vmcb01->intercepts[i] | vmcb12->intercepts[i];
    vmcb02->int_ctl = (vmcb12->int_ctl & VMCB12_INT_CTL) | V_INTR_MASKING_MASK |
                      (vmcb01->int_ctl & (V_GIF_ENABLE_MASK | V_GIF_MASK));
    vmcb02->int_state = vmcb12->int_state;
    copy_save_area(vmcb02, vmcb12);
}

/* L1 goes on behind VMRUN when it is left to. RAX is the address of vmcb12. */
int nested_svm_vmrun(struct kvm_vcpu *vcpu)
{
    struct nested_svm *nested = to_nested(vcpu);
    struct vmcb *vmcb01 = to_svm(vcpu)->vmcb01;

    note_value("L1 enters L2, vmcb12 at %#x", vmcb01->rax);
    vmcb01->rip = vmcb01->next_rip;
    vmcb01->int_state &= ~SVM_INTERRUPT_SHADOW;
    nested->vmcb12 = (struct vmcb *)(vmcb01->rax + IMAGE_OFFSET);

    nested->guest_mode = true;
    prepare_vmcb02(vmcb01, nested->vmcb12, nested->vmcb02);
    svm_switch_vmcb(vcpu, nested->vmcb02);
    svm_set_gif(vcpu, true);
    nested_svm_vmrun_apicv(vcpu);
    return 1;
}
