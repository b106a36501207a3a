/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Controls of vmcs02: constant here, L2 always has a virtual APIC; see nested.h.
 */
#include "nested.h"

void prepare_vmcs02_early(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
}
