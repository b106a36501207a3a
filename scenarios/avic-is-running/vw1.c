/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * W1: the first posting of September 2023. The entry is written when the vCPU is created, and never again; there is no copy of it.
 */
#include "avic/avic.h"

void avic_vcpu_load(struct kvm_vcpu *vcpu, int cpu)
{
    (void)vcpu;
    (void)cpu;
}

void avic_vcpu_put(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
}
