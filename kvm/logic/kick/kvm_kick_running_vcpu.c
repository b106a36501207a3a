/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kick of the vCPU that runs on this very core; see kick.h.
 */
#include "kick.h"

void kvm_kick_running_vcpu(struct kvm_vcpu *vcpu)
{
    if (READ_ONCE(vcpu->mode) == IN_GUEST_MODE)
        WRITE_ONCE(vcpu->mode, EXITING_GUEST_MODE);
}
