/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU comes into being while the VM is in use: when do others see it, and what do they know of it?
 *
 * In upstream's names and order of steps as of Linux 6.14, from facts about it (virt/kvm/kvm_main.c, and what x86 does in
 * between). A vCPU is in an array first, then user space can reach it, and it is online last: only then requests for all
 * vCPUs reach it. The lock of a vCPU (vcpu->mutex), on which upstream sleeps, is a spinning one here. Left out: failures,
 * the VM's own lock (one vCPU is created at a time), and what hardware knows of a vCPU: its VMCS or VMCB has been
 * prepared before, and nobody else looks there.
 *
 * The functions of this folder stand in front of those of logic/apicv. Each function that a variant may replace has a file
 * of its own, named after it.
 */
#ifndef IRQWEAVE_KVM_LOGIC_VCPU_CREATION_H
#define IRQWEAVE_KVM_LOGIC_VCPU_CREATION_H

#include "apicv/apicv.h"

struct kvm_vcpu_array {
    u32 online_vcpus;
    struct kvm_vcpu *vcpu_array[NR_VCPUS];
};

/* What upstream has in kvm_vcpu, and user space in its table of files. */
struct vcpu_creation {
    raw_spinlock_t mutex;       /* held while user space has KVM do something with the vCPU */
    u32 fd;                     /* user space can reach it */
};

extern struct kvm_vcpu_array kvm_vcpus;
extern struct vcpu_creation vcpu_creations[NR_VCPUS];

static inline struct vcpu_creation *to_creation(struct kvm_vcpu *vcpu)
{
    return &vcpu_creations[vcpu->vcpu_id];
}

/* The ioctls of user space: a new vCPU, whose number is the next one; and running it, from any thread. */
void kvm_vm_ioctl_create_vcpu(struct kvm_vcpu *vcpu);
void kvm_vcpu_ioctl_run(struct kvm_vcpu *vcpu);

/* The part of the architecture, before others see the vCPU. */
void kvm_arch_vcpu_create(struct kvm_vcpu *vcpu);

/* It is in the array, and is counted. */
static inline void kvm_vcpu_enter_array(struct kvm_vcpu *vcpu)
{
    WRITE_ONCE(kvm_vcpus.vcpu_array[vcpu->vcpu_id], vcpu);
}

static inline void kvm_vcpu_go_online(void)
{
    smp_wmb();          /* the array before the count */
    atomic_inc(&kvm_vcpus.online_vcpus);
}

#endif
