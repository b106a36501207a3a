/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of a vCPU thread; see kvm_host.h.
 *
 * Left out: blocking, signals, rescheduling.
 */
#include "kvm_host.h"

int vcpu_run(struct kvm_vcpu *vcpu)
{
    int r;

    do
        r = vcpu_enter_guest(vcpu);
    while (r > 0);
    return r;
}
