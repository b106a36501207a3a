/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Put off; when L2 is left VMCB and table follow the bit at once.
 */
#include "deferred.h"

void nested_svm_vmexit_apicv(struct kvm_vcpu *vcpu)
{
    if (update_is_due(vcpu))
        avic_refresh_apicv_exec_ctrl(vcpu);
}
