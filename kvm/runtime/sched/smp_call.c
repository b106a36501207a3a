/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls across CPUs; see sched.h. One call at a time for each target.
 */
#include "apic.h"
#include "sched.h"

static struct call {
    raw_spinlock_t lock;
    u32 pending;
    void (*function)(void *argument);
    void *argument;
} __aligned(64) calls[NR_CPUS];

void smp_call_function_single(int cpu, void (*function)(void *argument), void *argument)
{
    struct call *call = &calls[cpu];

    raw_spin_lock(&call->lock);
    call->function = function;
    call->argument = argument;
    smp_store_release(&call->pending, 1);
    x2apic_send_IPI(cpu, CALL_FUNCTION_SINGLE_VECTOR);
    while (READ_ONCE(call->pending))
        cpu_relax();
    raw_spin_unlock(&call->lock);
}

void generic_smp_call_function_single_interrupt(void)
{
    struct call *call = &calls[this_cpu_read(cpu_number)];

    ack_APIC_irq();
    call->function(call->argument);
    smp_store_release(&call->pending, 0);
}
