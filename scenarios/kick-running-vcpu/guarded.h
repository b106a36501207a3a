/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guard that was proposed: a kick of oneself is good for a request alone, and otherwise for a warning.
 */
#include "kick.h"

void kvm_kick_running_vcpu(struct kvm_vcpu *vcpu)
{
    if (READ_ONCE(vcpu->mode) != IN_GUEST_MODE)
        return;
    if (kvm_request_pending(vcpu))
        WRITE_ONCE(vcpu->mode, EXITING_GUEST_MODE);
    else if (GUARD_WARNS)
        WARN("kick of oneself without a request");
}
