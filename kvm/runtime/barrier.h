/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory barriers under upstream's names, as they compile for x86.
 *
 * After Intel SDM vol. 3, "Memory Ordering": a load may pass an older store to another address and
 * nothing else moves, so only smp_mb() costs an instruction. Left out: barriers for device memory.
 */
#ifndef IRQWEAVE_KVM_RUNTIME_BARRIER_H
#define IRQWEAVE_KVM_RUNTIME_BARRIER_H

#include "compiler.h"

#define barrier()               asm volatile("" : : : "memory")

/* A locked add below the stack pointer: drains the store buffer like mfence, and is cheaper. */
#define smp_mb()                asm volatile("lock; addl $0,-4(%%rsp)" : : : "memory", "cc")
#define smp_rmb()               barrier()
#define smp_wmb()               barrier()

/* Locked read-modify-writes are full barriers already. [SDM, "Locked Atomic Operations"] */
#define smp_mb__after_atomic()  barrier()

/*
 * WRMSR to an x2APIC register is not serializing: older stores may become visible after the IPI
 * that it sends. MFENCE drains them, LFENCE keeps the WRMSR from starting earlier. [SDM 10.12.3]
 */
#define weak_wrmsr_fence()      asm volatile("mfence; lfence" : : : "memory")

/* On x86 a plain store is a release, and a plain load an acquire. */
#define smp_store_release(pointer, value) do {  \
    barrier();                                  \
    WRITE_ONCE(*(pointer), (value));            \
} while (0)

#define smp_load_acquire(pointer) ({            \
    typeof(*(pointer)) loaded_ = READ_ONCE(*(pointer)); \
    barrier();                                  \
    loaded_;                                    \
})

/* The store, and nothing behind it before it can be seen. */
#define smp_store_mb(variable, value) do {      \
    WRITE_ONCE((variable), (value));            \
    smp_mb();                                   \
} while (0)

#endif
