/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Made up: nobody looks at mode and requests before the guest is entered once more.
 */
#include "fastpath.h"

bool kvm_fastpath_exit_request(struct kvm_vcpu *vcpu)
{
    vmx_fastpath_reenter(vcpu);
    return false;
}
