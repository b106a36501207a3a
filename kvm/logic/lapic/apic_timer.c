/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The timer's three modes on one deadline of the host; see kvm_lapic.h. [SDM 10.5.4, 10.5.4.1]
 */
#include "kvm_lapic.h"

static bool apic_lvtt_tscdeadline(struct kvm_lapic *apic)
{
    return apic->lapic_timer.timer_mode == APIC_LVT_TIMER_DEADLINE;
}

static bool apic_lvtt_period(struct kvm_lapic *apic)
{
    return apic->lapic_timer.timer_mode == APIC_LVT_TIMER_PERIODIC;
}

/* What has expired and is not delivered is still an interrupt. */
void cancel_apic_timer(struct kvm_lapic *apic)
{
    apic->lapic_timer.target_expiration = 0;
    apic->lapic_timer.tscdeadline = 0;
    hrtimer_start(apic, 0);
}

static void arm(struct kvm_lapic *apic, u64 expires)
{
    apic->lapic_timer.target_expiration = expires;
    hrtimer_start(apic, expires);
}

/* A count of 0 does not start it. */
void start_apic_timer(struct kvm_lapic *apic)
{
    struct kvm_timer *timer = &apic->lapic_timer;

    if (apic_lvtt_tscdeadline(apic)) {
        if (timer->tscdeadline)
            arm(apic, timer->tscdeadline);
        return;
    }
    timer->period = (u64)timer->initial_count * timer->divide_count;
    if (timer->period)
        arm(apic, ktime_get() + timer->period);
}

/* The host's handler, with interrupts off, on the vCPU's core: whoever is about to enter must go back. */
void apic_timer_fn(struct kvm_lapic *apic)
{
    struct kvm_timer *timer = &apic->lapic_timer;

    if (!timer->target_expiration)
        return;         /* stopped when the host's interrupt was on its way */
    atomic_inc(&timer->pending);
    kvm_make_request(KVM_REQ_UNBLOCK, apic->vcpu);
    if (apic_lvtt_period(apic))
        arm(apic, timer->target_expiration + timer->period);
    else
        timer->target_expiration = 0;
}

/* A change from or to TSC-deadline mode disarms; between the other two the count goes on. */
void apic_update_lvtt(struct kvm_lapic *apic)
{
    struct kvm_timer *timer = &apic->lapic_timer;
    u32 mode = kvm_lapic_get_reg(apic, APIC_LVTT) & APIC_LVT_TIMER_MODE;

    if ((timer->timer_mode ^ mode) & APIC_LVT_TIMER_DEADLINE)
        cancel_apic_timer(apic);
    timer->timer_mode = mode;
}

static u64 remaining(struct kvm_timer *timer)
{
    u64 now = ktime_get();

    return timer->target_expiration > now ? timer->target_expiration - now : 0;
}

/* Bits 3, 1 and 0: 000 is 2, 110 is 128, 111 is 1. The count goes on from where it is. [figure 10-10] */
void update_divide_count(struct kvm_lapic *apic, u32 tdcr)
{
    struct kvm_timer *timer = &apic->lapic_timer;
    u32 old = timer->divide_count, code = (tdcr & 3) | (tdcr >> 1 & 4);

    timer->divide_count = 1u << ((code + 1) & 7);
    timer->period = (u64)timer->initial_count * timer->divide_count;
    if (timer->target_expiration && !apic_lvtt_tscdeadline(apic))
        arm(apic, ktime_get() + remaining(timer) / old * timer->divide_count);
}

u32 apic_get_tmcct(struct kvm_lapic *apic)
{
    struct kvm_timer *timer = &apic->lapic_timer;

    if (!timer->target_expiration || apic_lvtt_tscdeadline(apic))
        return 0;
    return (remaining(timer) + timer->divide_count - 1) / timer->divide_count;
}

/* In the other modes the MSR reads 0 and ignores what is written. */
void kvm_set_lapic_tscdeadline_msr(struct kvm_vcpu *vcpu, u64 data)
{
    struct kvm_lapic *apic = vcpu_to_lapic(vcpu);

    if (!apic_lvtt_tscdeadline(apic))
        return;
    cancel_apic_timer(apic);
    apic->lapic_timer.tscdeadline = data;
    start_apic_timer(apic);
}

u64 kvm_get_lapic_tscdeadline_msr(struct kvm_vcpu *vcpu)
{
    struct kvm_lapic *apic = vcpu_to_lapic(vcpu);

    return apic_lvtt_tscdeadline(apic) ? apic->lapic_timer.tscdeadline : 0;
}

/* Once for all that have expired: an interrupt that is pending already takes no more. */
void kvm_inject_apic_timer_irqs(struct kvm_vcpu *vcpu)
{
    struct kvm_lapic *apic = vcpu_to_lapic(vcpu);

    if (!xchg32(&apic->lapic_timer.pending, 0))
        return;
    kvm_apic_local_deliver(apic, APIC_LVTT);
    if (apic_lvtt_tscdeadline(apic))
        apic->lapic_timer.tscdeadline = 0;
}
