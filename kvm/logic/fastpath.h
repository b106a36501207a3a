/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fast path of guest exits: a write to the ICR is handled with interrupts off, and the vCPU enters
 * again at once, still IN_GUEST_MODE.
 *
 * As of Linux 5.8 and later, in upstream's names and order of steps, from facts about it (commits
 * 1e9e2622a149, 379a3c8ee444).
 * Left out: everything but one fixed interrupt to one vCPU by its physical id; timers.
 */
#ifndef IRQWEAVE_KVM_LOGIC_FASTPATH_H
#define IRQWEAVE_KVM_LOGIC_FASTPATH_H

#include "vmx.h"

enum exit_fastpath { EXIT_FASTPATH_NONE, EXIT_FASTPATH_REENTER_GUEST };

/* The vCPU whose run loop this is stays in guest mode, as far as others can see. */
enum exit_fastpath vmx_exit_handlers_fastpath(struct kvm_vcpu *vcpu);
enum exit_fastpath handle_fastpath_set_x2apic_icr_irqoff(struct kvm_vcpu *vcpu, u64 icr);

/* After a fast path: what must be looked at again before the guest is entered once more. */
void vmx_fastpath_reenter(struct kvm_vcpu *vcpu);

/*
 * The same with the last look at mode and requests: is the fast path left? In the folder fastpath, as is a guest that sends
 * itself interrupt 41h once and halts.
 */
bool kvm_fastpath_exit_request(struct kvm_vcpu *vcpu);
void guest_sends(void);

/* A post to the vCPU of this very core: it is not in the guest now, and looks again before it is. */
void vmx_notify_self(struct kvm_vcpu *vcpu);

/* The vCPU that is loaded on each core. */
extern struct kvm_vcpu *kvm_running_vcpu[];

#endif
