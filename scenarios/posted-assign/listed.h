/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arming in the form of Linux 4.4 to 5.16: before the wait, and only if there is a device.
 */
#include "pre_post_block.h"

/* Upstream: its pre_pcpu is not -1. */
static bool listed[NR_VCPUS];

static bool pi_pre_block(struct kvm_vcpu *vcpu)
{
    bool outstanding;

    if (!kvm_arch_has_assigned_device())
        return false;
    outstanding = arm(vcpu);
    listed[vcpu->vcpu_id] = !outstanding;
    return outstanding;
}

static void disarm_if_listed(struct kvm_vcpu *vcpu)
{
    if (!listed[vcpu->vcpu_id])
        return;
    pi_post_block(vcpu);
    listed[vcpu->vcpu_id] = false;
}
