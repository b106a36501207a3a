/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Half of the change: no IPI to oneself, and no sync before the guest is entered once more.
 */
#include "fastpath.h"

void vmx_fastpath_reenter(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
}
