/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For variants: around a vCPU's wait as before 5.19. Preemption is on between the waiter and the hook that changes IsRunning;
 * inside, that is the hook's own business.
 */
#include "avic/avic.h"
#include "avic/preempted.h"
#include "not_preemptible.h"

/* Where interrupts come. */
static void before_waiter(void);
static void behind_waiter(void);

void kvm_vcpu_begin_wait(struct kvm_vcpu *vcpu)
{
    avic_vcpu_blocking(vcpu);
    before_waiter();
    prepare_to_rcuwait(&to_block(vcpu)->wait);
}

void kvm_vcpu_end_wait(struct kvm_vcpu *vcpu)
{
    finish_rcuwait(&to_block(vcpu)->wait);
    behind_waiter();
    avic_vcpu_unblocking(vcpu);
}
