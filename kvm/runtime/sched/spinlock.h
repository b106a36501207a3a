/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Spin locks: one word, taken by an exchange.
 *
 * A waiter reads with PAUSE in between until the word is 0 and only then tries again, so a round of
 * its loop changes nothing. Left out: fairness. A ticket lock orders its waiters, this one lets any
 * of them be next, which are more behaviours, not fewer.
 */
#ifndef IRQWEAVE_KVM_RUNTIME_SCHED_SPINLOCK_H
#define IRQWEAVE_KVM_RUNTIME_SCHED_SPINLOCK_H

#include "bitops.h"
#include "irqflags.h"

typedef struct {
    u32 locked;
} raw_spinlock_t;

/* True if *address was `old` and is `new` now; otherwise `old` gets what was there. */
static __always_inline bool try_cmpxchg64(volatile u64 *address, u64 *old, u64 new)
{
    bool done;

    asm volatile("lock; cmpxchgq %3, %1"
                 : "+a"(*old), "+m"(*address), "=@ccz"(done) : "r"(new) : "memory");
    return done;
}

static __always_inline void cpu_relax(void)
{
    asm volatile("pause" : : : "memory");
}

static inline void raw_spin_lock(raw_spinlock_t *lock)
{
    while (xchg32(&lock->locked, 1)) {
        do
            cpu_relax();
        while (READ_ONCE(lock->locked));
    }
}

static inline void raw_spin_unlock(raw_spinlock_t *lock)
{
    smp_store_release(&lock->locked, 0);
}

static __always_inline unsigned long local_irq_save(void)
{
    unsigned long flags;

    asm volatile("pushfq; pop %0" : "=r"(flags) : : "memory");
    local_irq_disable();
    return flags;
}


static __always_inline void local_irq_restore(unsigned long flags)
{
    if (flags & X86_EFLAGS_IF)
        local_irq_enable();
}

#endif
