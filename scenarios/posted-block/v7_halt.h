/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The form of Linux 4.8: on the list and to the wake-up vector before the wait state is set and the
 * last test is made; all undone when the vCPU is awake.
 */
#include "pre_block.h"
#include "stays_loaded.h"

/* True: a notification is outstanding already, do not sleep. */
static bool pi_pre_block(struct kvm_vcpu *vcpu);

void kvm_vcpu_halt(struct kvm_vcpu *vcpu)
{
    if (!pi_pre_block(vcpu))
        kvm_vcpu_block(vcpu);
    pi_post_block(vcpu);
}
