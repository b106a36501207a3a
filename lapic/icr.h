/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interrupt command register of x2APIC mode: decoding and destinations (pure). */
#ifndef LAPIC_ICR_H
#define LAPIC_ICR_H

#include <stdbool.h>
#include <stdint.h>

#include "lapic/apic_regs.h"

struct icr {
    uint8_t vector;
    uint8_t delivery;  /* enum apic_delivery, or a reserved value */
    uint8_t logical;   /* destination mode */
    uint8_t shorthand; /* enum apic_shorthand */
    uint32_t destination;
};

/* Bits whose write as 1 faults: 31:20, 17:16, 13. Bit 12 is ignored by Intel. */
#define ICR_RESERVED 0xfff32000ull

enum icr_verdict {
    ICR_SEND,
    ICR_ILLEGAL_VECTOR, /* ESR bit 5, nothing is sent */
    ICR_INVALID,        /* a combination that the SDM calls invalid or reserved */
    ICR_UNMODELLED,     /* SMI, INIT, start-up, lowest priority */
};

struct icr icr_decode(uint64_t value);
enum icr_verdict icr_judge(const struct icr *);

/* Does an APIC with this id match destination `dest` in x2APIC mode? */
bool apic_matches(uint32_t id, bool logical, uint32_t dest);

/* The APICs, a bit each, that the message goes to; ids[i] is the id of number i of `count`. */
uint32_t icr_targets(const struct icr *, unsigned sender, const uint32_t *ids, unsigned count);

const char *apic_delivery_name(unsigned delivery);

#endif
