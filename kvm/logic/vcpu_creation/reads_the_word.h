/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For variants, before 5.18: a new vCPU begins as the word says, and with no request.
 */
#include "vcpu_creation/vcpu_creation.h"

void kvm_arch_vcpu_create(struct kvm_vcpu *vcpu)
{
    bool active = kvm_apicv_activated();

    WRITE_ONCE(to_apicv(vcpu)->active, active);
    if (!active)
        kvm_x86_refresh_apicv_exec_ctrl(vcpu);
}
