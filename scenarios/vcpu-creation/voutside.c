/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As merged, but the lock does not cover that the vCPU goes online.
 */
#include "vcpu_creation/vcpu_creation.h"

void kvm_vm_ioctl_create_vcpu(struct kvm_vcpu *vcpu)
{
    struct vcpu_creation *creation = to_creation(vcpu);

    kvm_arch_vcpu_create(vcpu);
    kvm_vcpu_enter_array(vcpu);
    raw_spin_lock(&creation->mutex);
    WRITE_ONCE(creation->fd, 1);
    raw_spin_unlock(&creation->mutex);      /* as merged: behind the next line */
    kvm_vcpu_go_online();
}
