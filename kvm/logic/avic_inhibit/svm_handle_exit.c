/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A #VMEXIT, once interrupts are on again; see svm.h. Nobody else has a say in it here.
 */
#include "avic_inhibit/avic_inhibit.h"

int svm_handle_exit(struct kvm_vcpu *vcpu)
{
    return svm_invoke_exit_handler(vcpu);
}
