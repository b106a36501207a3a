/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Before de7cd3f6761f: the look at mode and requests comes before the sync.
 */
#include "fastpath.h"

bool kvm_fastpath_exit_request(struct kvm_vcpu *vcpu)
{
    if (kvm_vcpu_exit_request(vcpu))
        return true;
    vmx_fastpath_reenter(vcpu);
    return false;
}
