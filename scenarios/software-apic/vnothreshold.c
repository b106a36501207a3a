/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The TPR threshold is forgotten.
 */
#include "kvm_lapic.h"

void update_cr8_intercept(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
}
