/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * User space runs a vCPU; see vcpu_creation.h.
 */
#include "vcpu_creation/vcpu_creation.h"

/* Whoever holds the lock of one that is not online is still creating it. */
static void kvm_wait_for_vcpu_online(struct kvm_vcpu *vcpu)
{
    raw_spinlock_t *mutex = &to_creation(vcpu)->mutex;

    if ((u32)vcpu->vcpu_id < READ_ONCE(kvm_vcpus.online_vcpus))
        return;
    raw_spin_lock(mutex);
    raw_spin_unlock(mutex);
}

void kvm_vcpu_ioctl_run(struct kvm_vcpu *vcpu)
{
    kvm_wait_for_vcpu_online(vcpu);
    raw_spin_lock(&to_creation(vcpu)->mutex);
    vcpu_run(vcpu);
}
