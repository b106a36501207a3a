/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers of one local APIC as plain data, and the rules on them that need nothing else:
 * priorities, acceptance, acknowledgement, EOI (SDM vol. 3, APIC: "Handling Interrupts"). No function
 * here knows a core or a machine, nor do those of mode.h, logical.h, esr.h and lvt.h.
 */
#ifndef LAPIC_PRIORITY_H
#define LAPIC_PRIORITY_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "lapic/apic_regs.h"

struct apic_regs {
    uint64_t base; /* IA32_APIC_BASE */
    uint64_t icr;
    uint32_t id; /* the full, 32-bit id */
    uint32_t tpr;
    uint32_t ldr, dfr; /* of xAPIC mode */
    uint32_t svr;
    uint32_t esr;        /* what software reads */
    uint32_t esr_shadow; /* errors since the last write to ESR */
    uint32_t irr[8], isr[8], tmr[8];
    uint32_t lvt[LVT_COUNT];
    uint32_t initial_count;
    uint32_t divide;
    uint32_t nmi_pending; /* one NMI is latched at most */
    uint32_t intr_latched; /* the core still sees an interrupt that TPR has masked since */
};

static inline bool bits256_test(const uint32_t bits[8], unsigned n)
{
    return bits[n >> 5] >> (n & 31) & 1;
}

static inline void bits256_set(uint32_t bits[8], unsigned n)
{
    assert(n < 256);
    bits[n >> 5] |= 1u << (n & 31);
}

static inline void bits256_clear(uint32_t bits[8], unsigned n)
{
    assert(n < 256);
    bits[n >> 5] &= ~(1u << (n & 31));
}

static inline bool bits256_none(const uint32_t bits[8])
{
    uint32_t any = 0;
    for (unsigned i = 0; i < 8; i++)
        any |= bits[i];
    return !any;
}

/* Number of the highest bit set; 0 if none is, which is asked of each core before each step. */
static inline unsigned bits256_highest(const uint32_t bits[8])
{
    if (bits256_none(bits))
        return 0;
    for (unsigned i = 8; i-- > 0;)
        if (bits[i])
            return i * 32 + 31 - (unsigned)__builtin_clz(bits[i]);
    return 0;
}

/* Class (PPR[7:4], in the high nibble of the result) that a vector must exceed. */
unsigned apic_priority_class(const struct apic_regs *);

/* True if PPR[3:0] is one of the values that the SDM leaves to the model. */
bool apic_ppr_is_ambiguous(const struct apic_regs *);

/* PPR as software reads it; `subclass_zero` settles the ambiguous case. */
unsigned apic_ppr(const struct apic_regs *, bool subclass_zero);

/* The vector that the core would get now; 0 if none is deliverable. */
unsigned apic_deliverable(const struct apic_regs *);

/* A fixed interrupt has arrived. False: it was dropped or logged as an error. */
bool apic_accept_fixed(struct apic_regs *, unsigned vector, bool level);

/* What the core is told to take: that vector, the spurious one if INTR is latched only, or 0. */
unsigned apic_intr(const struct apic_regs *);

/* A write to TPR. `latches`: INTR stays asserted although what it stood for is masked now. */
void apic_write_tpr(struct apic_regs *, uint32_t value, bool latches);

/* The core takes an interrupt: its vector, or the spurious vector if none is deliverable. */
unsigned apic_acknowledge(struct apic_regs *);

/* EOI: the vector whose service ended, 0 if none was in service. *broadcast: the I/O APICs are
 * told. */
unsigned apic_end_of_interrupt(struct apic_regs *, bool *broadcast);

#endif
