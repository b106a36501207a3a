/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AVIC on; see avic.h.
 */
#include "avic/avic.h"

void avic_activate_vmcb(struct kvm_vcpu *vcpu)
{
    to_svm(vcpu)->vmcb01->int_ctl |= AVIC_ENABLE_MASK;
}
