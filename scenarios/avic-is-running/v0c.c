/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0c: V0, but the vCPU is marked only behind the last look: a vCPU that sleeps is put as it is switched out.
 */
#include "avic/avic.h"

void avic_vcpu_blocking(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
}

/* As it is woken: it has been switched out, or not. */
void avic_vcpu_unblocking(struct kvm_vcpu *vcpu)
{
    avic_vcpu_put(vcpu);
    avic_vcpu_load(vcpu, vcpu->cpu);
}
