/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables through which the ICR of a guest finds its targets: the physical APIC ID table (PIT here) and the logical
 * one (LIT), which xAVIC alone has (APM vol. 2, 15.29.5: tables 15-23, 15-24). Ordinary memory: the manual
 * gives no way to invalidate a copy of an entry, so there is none. Erratum #1235 is an exception to that.
 *
 * gAPIC: a guest's physical APIC id; hAPIC: a host's.
 */
#ifndef SVM_AVIC_TABLES_H
#define SVM_AVIC_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#include "lapic/icr.h"

/* Entry of the PIT, 64 bits, at 8 * gAPIC. */
#define PIT_VALID (1ull << 63)
#define PIT_IS_RUNNING (1ull << 62)
#define PIT_RESERVED 0x3ff0000000000000ull
#define PIT_PAGE 0x000ffffffffff000ull
#define PIT_HOST_ID 0xfffull

/* Entry of the LIT, 32 bits. */
#define LIT_VALID (1u << 31)
#define LIT_GUEST_ID 0xffu

enum {
    PIT_ENTRY_SIZE = 8,
    LIT_ENTRY_SIZE = 4,
    AVIC_MAX_INDEX = 0xff,          /* largest PHYSICAL_MAX_INDEX of xAVIC; entry 255 is not used */
    X2AVIC_MAX_INDEX = 0x1ff,       /* of x2AVIC */
    X2AVIC_EXT_MAX_INDEX = 0xfff,   /* of x2AVIC with 4096 vCPUs (CPUID 8000_000A ECX[6]) */
    AVIC_TABLE_INDEX = 0xfff,       /* PHYSICAL_MAX_INDEX in the VMCB */
};

static inline bool pit_valid(uint64_t entry) { return entry & PIT_VALID; }
static inline bool pit_running(uint64_t entry) { return entry & PIT_IS_RUNNING; }
static inline uint64_t pit_page(uint64_t entry) { return entry & PIT_PAGE; }
static inline uint32_t pit_host_id(uint64_t entry) { return (uint32_t)(entry & PIT_HOST_ID); }
static inline uint64_t pit_entry_at(uint64_t table, unsigned index)
{
    return table + PIT_ENTRY_SIZE * (uint64_t)index;
}
static inline uint64_t lit_entry_at(uint64_t table, unsigned index)
{
    return table + LIT_ENTRY_SIZE * (uint64_t)index;
}

/* Exit 401h: EXITINFO2[63:32] (15.29.9.1). */
enum avic_ipi_failure {
    IPI_INVALID_TYPE = 0,
    IPI_TARGET_NOT_RUNNING = 1,
    IPI_INVALID_TARGET = 2,
    IPI_INVALID_BACKING_PAGE = 3,
    IPI_INVALID_VECTOR = 4,
};

/* Whom an ICR is for. */
enum avic_scope {
    AVIC_TO_SELF,   /* the shorthand: no table is read */
    AVIC_TO_MANY,   /* each valid entry of the PIT */
    AVIC_TO_ONE,    /* entry `first` of the PIT */
    AVIC_TO_LOGICAL /* entries `first` + n, for each bit n of `mask`: of the LIT, with x2AVIC of the PIT */
};

struct avic_targets {
    uint8_t scope;
    bool all_but_self;
    uint16_t mask;
    uint32_t first;
};

/* Can the hardware send it: fixed and edge triggered? Levels do not matter (15.29.3.1). */
static inline bool avic_type_is_sent(uint64_t icr)
{
    return (icr >> 8 & 7) == APIC_FIXED && !(icr & APIC_ICR_LEVEL);
}

/* Is the destination FFh, with x2AVIC FFFFFFFFh? */
static inline bool avic_all_ones(uint64_t icr, bool x2)
{
    return x2 ? icr >> 32 == UINT32_MAX : icr >> 56 == 0xff;
}

/* Of an ICR value as written to the MSR; xAVIC: the two registers, the destination in 63:56. `dfr` matters
 * to logical destinations of xAVIC. `ones_are_all`: is a destination of ones a broadcast, with x2AVIC or if it
 * is logical? Physical FFh always is. */
struct avic_targets avic_targets_of(uint64_t icr, bool x2, uint32_t dfr, bool ones_are_all);

#endif
