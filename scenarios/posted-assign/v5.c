/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V5: as in Linux 4.4 to 4.13. Behind its sleep the vCPU asks again whether there is a device.
 */
#include "not_told.h"
#include "listed.h"

static void pi_post_block_if_needed(struct kvm_vcpu *vcpu)
{
    if (kvm_arch_has_assigned_device())
        disarm_if_listed(vcpu);
}
