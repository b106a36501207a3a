/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What KVM_REQ_EVENT asks for; see kvm_host.h.
 */
#include "kvm_host.h"

/* The processor delivers the interrupts of a fully virtualized APIC: nothing to inject. */
void inject_pending_event(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
}
