/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The simplification that was dropped, without the check before VM entry: what is left of it if the warning is ignored.
 */
#include "word_first.h"

void kvm_apicv_assert(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
}
