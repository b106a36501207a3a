/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Around a vCPU's wait; see blocking.h. On Intel the scheduler's notifiers do all that belongs to it.
 */
#include "blocking.h"

void kvm_vcpu_begin_wait(struct kvm_vcpu *vcpu)
{
    prepare_to_rcuwait(&to_block(vcpu)->wait);
}

void kvm_vcpu_end_wait(struct kvm_vcpu *vcpu)
{
    finish_rcuwait(&to_block(vcpu)->wait);
}
