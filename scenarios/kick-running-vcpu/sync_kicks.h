/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sync that has found something kicks its own vCPU, without a request, as that of 5.15 does for L1 while L2 runs.
 */
#include "kick.h"

void vmx_fastpath_reenter(struct kvm_vcpu *vcpu)
{
    bool found = pi_test_on(&vcpu->pi_desc);

    vmx_sync_pir_to_irr(vcpu);
    if (found)
        kvm_vcpu_kick(vcpu);
}
