/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A timer of the host for each core, on the physical APIC's in TSC-deadline mode; see kvm_lapic.h.
 *
 * One vCPU a core, that stays there: upstream's moves along with it. A deadline that is over expires
 * at once. [SDM 10.5.4.1]
 */
#include "image.h"
#include "irqflags.h"
#include "kvm_lapic.h"

#define X2APIC_LVT_TIMER    0x832

static struct kvm_lapic *owner[NR_CPUS];

u64 ktime_get(void)
{
    u32 low, high;

    asm volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (u64)high << 32 | low;
}

void hrtimer_setup(void)
{
    wrmsr(X2APIC_LVT_TIMER, APIC_LVT_TIMER_DEADLINE | LOCAL_TIMER_VECTOR);
}

void hrtimer_start(struct kvm_lapic *apic, u64 expires)
{
    owner[this_cpu_read(cpu_number)] = apic;
    wrmsr(MSR_TSC_DEADLINE, expires);
}

void hrtimer_interrupt(void)
{
    struct kvm_lapic *apic = owner[this_cpu_read(cpu_number)];

    ack_APIC_irq();
    if (apic)
        apic_timer_fn(apic);
}
