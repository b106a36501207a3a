/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As in Linux 5.8 to 5.15: for the vCPU of this core nothing is done, whatever it is about to do.
 */
#include "running_vcpu.h"

static void notify(struct kvm_vcpu *vcpu)
{
    if (!runs_here(vcpu) && !kvm_vcpu_trigger_posted_interrupt(vcpu))
        kvm_vcpu_wake_up(vcpu);
}
