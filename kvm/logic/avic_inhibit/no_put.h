/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For variants: a vCPU whose AVIC goes off stays marked as running; see avic_inhibit.h.
 */
#include "avic_inhibit/avic_inhibit.h"

void avic_refresh_apicv_exec_ctrl(struct kvm_vcpu *vcpu)
{
    if (kvm_vcpu_apicv_active(vcpu))
        avic_activate_vmcb(vcpu);
    else
        avic_deactivate_vmcb(vcpu);     /* as merged: and avic_vcpu_load(), avic_vcpu_put() */
}
