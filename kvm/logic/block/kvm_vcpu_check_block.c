/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The test between a vCPU's wait state and its sleep; see blocking.h.
 */
#include "blocking.h"

/* Less than 0: do not sleep. */
int kvm_vcpu_check_block(struct kvm_vcpu *vcpu)
{
    return kvm_arch_vcpu_runnable(vcpu) ? -1 : 0;
}
