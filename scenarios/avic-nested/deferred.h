/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As proposed and merged for Intel in 2022: what changes while L2 runs is put off until L2 is left, and that L2 runs is no
 * reason of its own.
 */
#include "left_running.h"

void avic_refresh_apicv_exec_ctrl(struct kvm_vcpu *vcpu)
{
    if (is_guest_mode(vcpu)) {
        to_nested(vcpu)->update_apicv = true;
    } else if (kvm_vcpu_apicv_active(vcpu)) {
        avic_activate_vmcb(vcpu);
        avic_vcpu_load(vcpu, vcpu->cpu);
    } else {
        avic_deactivate_vmcb(vcpu);
        avic_vcpu_put(vcpu);
    }
}

static bool update_is_due(struct kvm_vcpu *vcpu)
{
    bool due = to_nested(vcpu)->update_apicv;

    to_nested(vcpu)->update_apicv = false;
    return due;
}
