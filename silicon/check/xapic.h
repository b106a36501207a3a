/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The local APIC in xAPIC mode: registers of 32 bits in a page of memory. [SDM table 10-1] */
#ifndef IRQWEAVE_SILICON_CHECK_XAPIC_H
#define IRQWEAVE_SILICON_CHECK_XAPIC_H

#include "program.h"

#define XAPIC_BASE      0xfee00000ul

#define XAPIC_ID        0x020
#define XAPIC_VERSION   0x030
#define XAPIC_TPR       0x080
#define XAPIC_PPR       0x0a0
#define XAPIC_EOI       0x0b0
#define XAPIC_LDR       0x0d0
#define XAPIC_DFR       0x0e0
#define XAPIC_SVR       0x0f0
#define XAPIC_ISR       0x100
#define XAPIC_IRR       0x200
#define XAPIC_ESR       0x280
#define XAPIC_ICR_LOW   0x300
#define XAPIC_ICR_HIGH  0x310

static inline u32 xapic_read(unsigned at)
{
    u32 value;

    asm volatile("movl (%1), %0" : "=r"(value) : "r"(XAPIC_BASE + at) : "memory");
    return value;
}

static inline void xapic_write(unsigned at, u32 value)
{
    asm volatile("movl %0, (%1)" : : "r"(value), "r"(XAPIC_BASE + at) : "memory");
}

static inline u32 xapic_word(unsigned index, unsigned at)
{
    return xapic_read(at + 16 * index);
}

static inline void print_xapic_bits(const char *name, unsigned at)
{
    print_bits(name, xapic_word, at);
}

#endif
