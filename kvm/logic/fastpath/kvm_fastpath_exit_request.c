/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between a fast path and the next entry, as of Linux 5.16 (de7cd3f6761f); see fastpath.h.
 */
#include "fastpath.h"

/* The sync may find something that has to be done outside of the loop: the look comes behind it. */
bool kvm_fastpath_exit_request(struct kvm_vcpu *vcpu)
{
    vmx_fastpath_reenter(vcpu);
    return kvm_vcpu_exit_request(vcpu);
}
