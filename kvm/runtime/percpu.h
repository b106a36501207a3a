/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Per-CPU data behind GS.
 *
 * Each core has an area of its own in its own pages; GS_BASE points at it, and this_cpu_*() is one
 * instruction with a GS prefix, so that an interrupt cannot come between "which CPU am I" and the
 * access. Left out: SWAPGS, because nothing here runs in user mode.
 */
#ifndef IRQWEAVE_KVM_RUNTIME_PERCPU_H
#define IRQWEAVE_KVM_RUNTIME_PERCPU_H

#include "desc.h"

struct percpu {
    int cpu_number;
    int preempt_count;
    u64 gdt[GDT_ENTRIES];
    struct tss_struct tss __aligned(16);
} __aligned(PAGE_SIZE);

extern struct percpu percpu_areas[];

#define this_cpu_read(field) ({                                                     \
    typeof(((struct percpu *)0)->field) percpu_value;                               \
    asm volatile("mov %%gs:%c1, %0"                                                 \
                 : "=r"(percpu_value) : "i"(offsetof(struct percpu, field)));       \
    percpu_value;                                                                   \
})

/* For 4-byte fields. Not locked: it must be atomic only against this core's own interrupts. */
#define this_cpu_add(field, n)                                                      \
    asm volatile("addl %1, %%gs:%c0"                                                \
                 : : "i"(offsetof(struct percpu, field)), "i"(n) : "memory", "cc")

#endif
