/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers of a virtual local APIC in memory: the virtual-APIC page of VMX (SDM vol. 3, 29.1) and
 * the vAPIC backing page of AVIC (APM vol. 2, 15.29). Both lay them out as the memory-mapped registers of
 * a local APIC: 32 bits every 16 bytes. Each access is a micro-step of its own where others can see it.
 *
 * Addresses are physical.
 */
#ifndef LAPIC_VAPIC_H
#define LAPIC_VAPIC_H

#include "cpu/core.h"

/* Offsets in the page. */
enum {
    VAPIC_ID = 0x020,
    VAPIC_VTPR = 0x080,
    VAPIC_VPPR = 0x0a0,
    VAPIC_VEOI = 0x0b0,
    VAPIC_LDR = 0x0d0,
    VAPIC_DFR = 0x0e0,
    VAPIC_VISR = 0x100,
    VAPIC_VTMR = 0x180,
    VAPIC_VIRR = 0x200,
    VAPIC_VICR_LO = 0x300,
    VAPIC_VICR_HI = 0x310,
    VAPIC_SELF_IPI = 0x3f0,
};

/* Byte offset, from VIRR, VISR or VTMR, of the 32-bit word that holds a vector's bit. */
static inline unsigned vapic_word(unsigned vector)
{
    assert(vector < 256);
    return (vector & 0xe0) >> 1;
}

/* The highest vector of VIRR or VISR, which begin at `bits`; 0 if there is none. The words are read one by
 * one from the highest on, up to the first that holds something. `name`: for the timeline. */
unsigned vapic_highest(struct core *, uint64_t bits, const char *name);

/* One bit, by a locked access. */
void vapic_change_bit(struct core *, uint64_t bits, unsigned vector, bool set, const char *name);

/* PPR of a task priority and the highest vector in service; of the same class, the task priority. */
static inline uint8_t vapic_ppr(uint8_t tpr, uint8_t in_service)
{
    return (tpr & 0xf0) >= (in_service & 0xf0) ? tpr : in_service & 0xf0;
}

#endif
