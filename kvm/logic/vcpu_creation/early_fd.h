/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For variants, before 6.14: user space can use a vCPU before it is online. As soon as it has a descriptor it is as good as any other.
 */
#include "vcpu_creation/vcpu_creation.h"

void kvm_vm_ioctl_create_vcpu(struct kvm_vcpu *vcpu)
{
    kvm_arch_vcpu_create(vcpu);
    kvm_vcpu_enter_array(vcpu);
    WRITE_ONCE(to_creation(vcpu)->fd, 1);
    kvm_vcpu_go_online();
}

void kvm_vcpu_ioctl_run(struct kvm_vcpu *vcpu)
{
    raw_spin_lock(&to_creation(vcpu)->mutex);
    vcpu_run(vcpu);
}
