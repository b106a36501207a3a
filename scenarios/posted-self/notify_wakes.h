/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As in Linux 5.16 and later: in guest mode the vCPU of this core needs no IPI, because it syncs
 * before it enters again. In every other mode it is woken, whoever it is.
 */
#include "running_vcpu.h"

static void notify(struct kvm_vcpu *vcpu)
{
    if (READ_ONCE(vcpu->mode) != IN_GUEST_MODE)
        kvm_vcpu_wake_up(vcpu);
    else if (!runs_here(vcpu))
        x2apic_send_IPI(READ_ONCE(vcpu->cpu), POSTED_INTR_VECTOR);
}
