/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An interrupt for a vCPU that may run L2; see nested.h.
 */
#include "nested.h"

void vmx_deliver_interrupt(struct kvm_vcpu *vcpu, int vector)
{
    if (vmx_deliver_nested_posted_interrupt(vcpu, vector) < 0)
        vmx_deliver_posted_interrupt(vcpu, vector);
}
