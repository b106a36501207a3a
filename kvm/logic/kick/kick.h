/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kicks since the vCPU that runs on the kicker's own core is told from others.
 *
 * As of Linux 5.17, in upstream's order of steps, from facts about it (commit aefdc2ed445e). Its kvm_vcpu_kick() is one
 * function; here its two halves have files of their own, so that a variant can replace each. Left out: waking a vCPU that
 * blocks, CPUs that go offline.
 */
#ifndef IRQWEAVE_KVM_LOGIC_KICK_H
#define IRQWEAVE_KVM_LOGIC_KICK_H

#include "fastpath.h"

/* Interrupts of this core are off or its preemption is, and the vCPU is the one that is loaded here ... */
void kvm_kick_running_vcpu(struct kvm_vcpu *vcpu);

/* ... or it is not. `me` is this core. */
void kvm_kick_remote_vcpu(struct kvm_vcpu *vcpu, int me);

/* What upstream's callers do one behind the other. */
void kvm_request_and_kick(struct kvm_vcpu *vcpu, int req);

#endif
