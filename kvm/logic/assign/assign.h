/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices that are assigned to the VM while it runs, in the form of Linux 5.13 to 6.12.
 *
 * The functions of this folder stand in front of those of kvm/logic/block. The wake-up vector is armed only
 * where a device can post, so a vCPU may have gone to sleep without it before the first device came. After
 * upstream's order of steps, not its text. Left out: IPI virtualization, which arms it always; a processor
 * without APICv, where nobody need be told (Linux c364baad3e4f).
 *
 * Each function that a variant may replace has a file of its own, named after it.
 */
#ifndef IRQWEAVE_KVM_LOGIC_ASSIGN_H
#define IRQWEAVE_KVM_LOGIC_ASSIGN_H

#include "block.h"

/* Of the VM; those that plug and unplug write it, the threads of vCPUs read it. */
extern u32 assigned_device_count;

static inline bool kvm_arch_has_assigned_device(void)
{
    return READ_ONCE(assigned_device_count) != 0;
}

/* Before the first of a device's interrupts is posted, and after the last. */
void kvm_arch_start_assignment(void);
void kvm_arch_end_assignment(void);

/* The first device: each vCPU that waits decides again how it does. */
void vmx_pi_start_assignment(void);

/* Raises a request that nobody waits for, and wakes the vCPU or has it leave its guest. */
void kvm_make_vcpu_request(int req, struct kvm_vcpu *vcpu);

#endif
