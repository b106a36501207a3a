/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Locked read-modify-writes, under upstream's names.
 *
 * The bit instructions with a register index reach beyond the named quadword: `lock btsq %rax, mem`
 * with rax = 200 touches mem + 24. [Intel SDM vol. 2, "BTS": bit offset operand]
 */
#ifndef IRQWEAVE_KVM_RUNTIME_BITOPS_H
#define IRQWEAVE_KVM_RUNTIME_BITOPS_H

#include "compiler.h"

#define BIT(n) (1ul << (n))

static __always_inline bool test_bit(long nr, const volatile unsigned long *address)
{
    return (address[nr / 64] >> (nr % 64)) & 1;
}

static __always_inline void set_bit(long nr, volatile unsigned long *address)
{
    asm volatile("lock; btsq %1, %0" : "+m"(*address) : "Jr"(nr) : "memory", "cc");
}

static __always_inline void clear_bit(long nr, volatile unsigned long *address)
{
    asm volatile("lock; btrq %1, %0" : "+m"(*address) : "Jr"(nr) : "memory", "cc");
}

/* Returns the old value of the bit. */
static __always_inline bool test_and_set_bit(long nr, volatile unsigned long *address)
{
    bool old;

    asm volatile("lock; btsq %2, %0" : "+m"(*address), "=@ccc"(old) : "Jr"(nr) : "memory");
    return old;
}

static __always_inline bool test_and_clear_bit(long nr, volatile unsigned long *address)
{
    bool old;

    asm volatile("lock; btrq %2, %0" : "+m"(*address), "=@ccc"(old) : "Jr"(nr) : "memory");
    return old;
}

/* Index of the highest set bit; the word must not be 0. */
static __always_inline int fls_index(u32 word)
{
    return 31 - __builtin_clz(word);
}

/* XCHG with memory is locked with or without the prefix. [SDM, "Bus Locking"] */
static __always_inline u32 xchg32(volatile u32 *address, u32 value)
{
    asm volatile("xchgl %0, %1" : "+r"(value), "+m"(*address) : : "memory");
    return value;
}

static __always_inline u64 xchg64(volatile u64 *address, u64 value)
{
    asm volatile("xchgq %0, %1" : "+r"(value), "+m"(*address) : : "memory");
    return value;
}

static __always_inline void atomic_inc(volatile u32 *counter)
{
    asm volatile("lock; incl %0" : "+m"(*counter) : : "memory", "cc");
}

static __always_inline void atomic_dec(volatile u32 *counter)
{
    asm volatile("lock; decl %0" : "+m"(*counter) : : "memory", "cc");
}

static __always_inline void atomic_and(volatile u32 *word, u32 mask)
{
    asm volatile("lock; andl %1, %0" : "+m"(*word) : "r"(mask) : "memory", "cc");
}

static __always_inline void atomic_or(volatile u32 *word, u32 mask)
{
    asm volatile("lock; orl %1, %0" : "+m"(*word) : "r"(mask) : "memory", "cc");
}

/* 16 bytes at once, where hardware may read at any time: true if they were `old`. The address is aligned. */
static __always_inline bool try_cmpxchg128(void *address, const u64 old[2], u64 low, u64 high)
{
    u64 was[2] = { old[0], old[1] };
    bool done;

    asm volatile("lock; cmpxchg16b %0"
                 : "+m"(*(u64 (*)[2])address), "=@ccz"(done), "+a"(was[0]), "+d"(was[1])
                 : "b"(low), "c"(high) : "memory");
    return done;
}

/* Returns what was there; it was replaced if that equals `old`. */
static __always_inline int cmpxchg(volatile int *address, int old, int new)
{
    asm volatile("lock; cmpxchgl %2, %1"
                 : "+a"(old), "+m"(*address) : "r"(new) : "memory", "cc");
    return old;
}

#endif
