/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupt and preemption control of the own core.
 *
 * There is no scheduler: preempt_count is real per-CPU state, written where Linux writes it, and
 * read by nobody. Left out: nesting through saved flags, which no code here needs.
 */
#ifndef IRQWEAVE_KVM_RUNTIME_IRQFLAGS_H
#define IRQWEAVE_KVM_RUNTIME_IRQFLAGS_H

#include "barrier.h"
#include "percpu.h"

#define X86_EFLAGS_IF 0x200

static __always_inline void local_irq_disable(void)
{
    asm volatile("cli" : : : "memory");
}

/* Interrupts come in only after the next instruction: the STI shadow. [SDM vol. 2, "STI"] */
static __always_inline void local_irq_enable(void)
{
    asm volatile("sti" : : : "memory");
}

static __always_inline void preempt_disable(void)
{
    this_cpu_add(preempt_count, 1);
    barrier();
}

static __always_inline void preempt_enable(void)
{
    barrier();
    this_cpu_add(preempt_count, -1);
}

static __always_inline int get_cpu(void)
{
    preempt_disable();
    return this_cpu_read(cpu_number);
}

static __always_inline void put_cpu(void)
{
    preempt_enable();
}

#endif
