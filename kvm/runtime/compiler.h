/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types, accesses that the compiler must not merge or split, and the two ways to fail.
 *
 * READ_ONCE and WRITE_ONCE order nothing on the CPU; barrier.h does. BUG and WARN raise #UD as
 * Linux does on x86. The marker behind a WARN's ud2 tells the two apart, for the simulator and for
 * the #UD handler on silicon alike.
 */
#ifndef IRQWEAVE_KVM_RUNTIME_COMPILER_H
#define IRQWEAVE_KVM_RUNTIME_COMPILER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "marker.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define __always_inline inline __attribute__((always_inline))
#define __aligned(n)    __attribute__((aligned(n)))
#define __packed        __attribute__((packed))
#define __section(name) __attribute__((section(name)))
#define __used          __attribute__((used))

/* Freestanding: <assert.h> is not ours to include. */
#define static_assert _Static_assert

#define PAGE_SIZE 4096
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define READ_ONCE(x)        (*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, v)    (*(volatile typeof(x) *)&(x) = (v))

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* A WARN's marker always has its own ud2 before it, so it can never follow the ud2 of a BUG. */
#define BUG() do {                                                              \
    asm volatile("ud2");                                                        \
    __builtin_unreachable();                                                    \
} while (0)

#define WARN(text) do {                                                         \
    MARKER_STRING(warn_text, text);                                             \
    asm volatile("ud2\n\t" MARKER_ASM(WARN) : : "i"(warn_text) : "memory");     \
} while (0)

#define WARN_ON(condition) do {                                                 \
    if (unlikely(condition))                                                    \
        WARN(#condition);                                                       \
} while (0)

#endif
