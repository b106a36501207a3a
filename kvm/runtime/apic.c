/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Local APIC set-up and IPIs; see apic.h.
 */
#include "apic.h"

#include "barrier.h"

#define ICR_DESTINATION_SHIFT 32    /* a full 32-bit id, in one 64-bit register [SDM 10.12.9] */

void apic_init(void)
{
    wrmsr(MSR_IA32_APICBASE, rdmsr(MSR_IA32_APICBASE) | APICBASE_ENABLE | APICBASE_EXTD);
    wrmsr(X2APIC_TPR, 0);
    wrmsr(X2APIC_SVR, APIC_SVR_ENABLE | SPURIOUS_APIC_VECTOR);
}

/* The image contract numbers cores by their x2APIC id. */
static inline u32 cpu_to_apicid(int cpu)
{
    return cpu;
}

void x2apic_send_IPI(int cpu, int vector)
{
    u64 icr = (u64)cpu_to_apicid(cpu) << ICR_DESTINATION_SHIFT | vector;

    weak_wrmsr_fence();
    wrmsr(X2APIC_ICR, icr);
}
