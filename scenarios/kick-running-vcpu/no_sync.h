/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Made up: no sync before the guest is entered once more, so that a self-kick is all that helps a post to oneself.
 */
#include "fastpath.h"

void vmx_fastpath_reenter(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
}
