/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Back from L2 to L1; see svm_nested.h.
 */
#include "svm_nested/svm_nested.h"

void nested_svm_vmexit(struct kvm_vcpu *vcpu, u64 exit_code)
{
    struct nested_svm *nested = to_nested(vcpu);
    struct vmcb *vmcb02 = nested->vmcb02, *vmcb12 = nested->vmcb12;

    note_value("L2 exits to L1, code %#x", exit_code);
    nested->guest_mode = false;
    copy_save_area(vmcb12, vmcb02);
    vmcb12->int_state = vmcb02->int_state;
    vmcb12->exit_code = exit_code;
    vmcb12->next_rip = exit_code == vmcb02->exit_code ? vmcb02->next_rip : 0;

    svm_switch_vmcb(vcpu, to_svm(vcpu)->vmcb01);
    svm_set_gif(vcpu, false);
    nested_svm_vmexit_apicv(vcpu);
}
