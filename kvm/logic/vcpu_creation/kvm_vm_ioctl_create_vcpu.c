/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A new vCPU; see vcpu_creation.h.
 */
#include "vcpu_creation/vcpu_creation.h"

/* User space may guess the descriptor: who uses it at once waits for the lock, and so until the vCPU is online. */
void kvm_vm_ioctl_create_vcpu(struct kvm_vcpu *vcpu)
{
    struct vcpu_creation *creation = to_creation(vcpu);

    kvm_arch_vcpu_create(vcpu);
    kvm_vcpu_enter_array(vcpu);
    raw_spin_lock(&creation->mutex);
    WRITE_ONCE(creation->fd, 1);
    kvm_vcpu_go_online();
    raw_spin_unlock(&creation->mutex);
}
