/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local APIC in x2APIC mode, as far as the host uses it: enabling, EOI, IPIs.
 *
 * After Intel SDM vol. 3, "Extended XAPIC (x2APIC)". Left out: xAPIC mode, logical destinations,
 * shorthands, the timer and the local vector table.
 */
#ifndef IRQWEAVE_KVM_RUNTIME_APIC_H
#define IRQWEAVE_KVM_RUNTIME_APIC_H

#include "msr.h"
#include "vectors.h"

#define X2APIC_TPR  0x808
#define X2APIC_EOI  0x80b
#define X2APIC_SVR  0x80f
#define X2APIC_ICR  0x830

#define APICBASE_EXTD       0x400
#define APICBASE_ENABLE     0x800
#define APIC_SVR_ENABLE     0x100

/* EOI accepts only 0 in x2APIC mode. [SDM 10.12.1.2] */
static __always_inline void ack_APIC_irq(void)
{
    wrmsr(X2APIC_EOI, 0);
}

void apic_init(void);

/* A fixed, edge-triggered IPI to one core. Stores before the call are visible to the handler. */
void x2apic_send_IPI(int cpu, int vector);

static inline void smp_send_reschedule(int cpu)
{
    x2apic_send_IPI(cpu, RESCHEDULE_VECTOR);
}

#endif
