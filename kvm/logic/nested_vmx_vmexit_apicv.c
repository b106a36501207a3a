/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nothing has been put off until L2 is left; see nested.h.
 */
#include "nested.h"

void nested_vmx_vmexit_apicv(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
}
