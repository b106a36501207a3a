/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Since Linux 4.14: behind its sleep the vCPU undoes what it did before it, whatever there is by now.
 */
#include "listed.h"

static void pi_post_block_if_needed(struct kvm_vcpu *vcpu)
{
    disarm_if_listed(vcpu);
}
