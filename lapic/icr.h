/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interrupt command register: what a value means and whom it can reach. Pure. */
#ifndef LAPIC_ICR_H
#define LAPIC_ICR_H

#include <stdbool.h>
#include <stdint.h>

#include "lapic/apic_regs.h"
#include "lapic/logical.h"

struct icr {
    uint8_t vector;
    uint8_t delivery;  /* enum apic_delivery, or a reserved value */
    uint8_t shorthand; /* enum apic_shorthand */
    uint8_t deassert;  /* an INIT with trigger mode level and level 0 */
    uint8_t broadcast; /* a physical destination that means all */
    struct apic_destination to;
};

/* x2APIC: bits whose write as 1 faults, 31:20, 17:16, 13. Bit 12 is ignored by Intel. */
#define ICR_RESERVED 0xfff32000ull
/* xAPIC: bits of the low dword that software writes. */
#define ICR_WRITTEN 0xccfffu

enum icr_verdict {
    ICR_SEND,
    ICR_ILLEGAL_VECTOR, /* ESR bit 5, nothing is sent */
    ICR_INVALID,        /* a combination that the SDM calls invalid or reserved */
};

struct icr icr_decode(uint64_t value);       /* x2APIC: a destination of 32 bits */
struct icr icr_decode_xapic(uint64_t value); /* both dwords; a destination of 8 bits */
enum icr_verdict icr_judge(const struct icr *);

/* The cores that a shorthand names, of `count`, a bit each. Not for destinations. */
uint32_t icr_shorthand_targets(const struct icr *, unsigned sender, unsigned count);

const char *apic_delivery_name(unsigned delivery);

#endif
