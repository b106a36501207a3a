/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whoever is about to block makes all other vCPUs leave their guests: an IPI that is under way is over then.
 */
#include "avic/avic.h"
#include "apic.h"
#include "irqflags.h"

static void w0_kick(struct kvm_vcpu *vcpu);

void avic_vcpu_blocking(struct kvm_vcpu *vcpu)
{
    avic_vcpu_put(vcpu);
    smp_mb();
    for (int i = 0; i < NR_VCPUS; i++)
        if (&vcpus[i] != vcpu && vcpu_exists(&vcpus[i]))
            w0_kick(&vcpus[i]);
}
