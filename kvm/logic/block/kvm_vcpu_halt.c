/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A halted vCPU waits; see blocking.h. Left out: polling before it blocks, which repeats the test.
 */
#include "blocking.h"

void kvm_vcpu_halt(struct kvm_vcpu *vcpu)
{
    kvm_vcpu_block(vcpu);
}
