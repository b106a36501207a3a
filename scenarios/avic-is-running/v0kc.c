/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0kc: V0k, but IsRunning is cleared behind the last look, as in V0c.
 */
#include "goes_by_is_running.h"

void avic_vcpu_blocking(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
}

void avic_vcpu_unblocking(struct kvm_vcpu *vcpu)
{
    avic_vcpu_put(vcpu);
    avic_vcpu_load(vcpu, vcpu->cpu);
}
