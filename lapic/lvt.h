/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The local vector table: its entries, what may be written to them, what a source of them does. Pure. */
#ifndef LAPIC_LVT_H
#define LAPIC_LVT_H

#include "lapic/priority.h"

/* Bits that entries have; the others are reserved. */
enum {
    LVT_BITS_TIMER = 0x710ff,
    LVT_BITS_ERROR = 0x110ff,
    LVT_BITS_LINT = 0x1f7ff,
    LVT_BITS_OTHER = 0x117ff, /* CMCI, thermal, PMC */
};

/* The entry at an index of the register table (apic_regs.h); -1 if there is none. */
int apic_lvt_of(uint32_t index);

/* Writes with the side effects of the software-enable bit. */
void apic_write_svr(struct apic_regs *, uint32_t value);
void apic_write_lvt(struct apic_regs *, enum apic_lvt, uint32_t value);

/* Is this a value whose vector is illegal? */
bool apic_lvt_illegal(enum apic_lvt, uint32_t value);

/* Delivery mode of an entry (enum apic_delivery); fixed for those that have none. */
unsigned apic_lvt_delivery(const struct apic_regs *, enum apic_lvt);

/* The source of an entry raises it. False: masked, or the level is in service already. True: to be
 * delivered by its mode; one that is fixed has been accepted, or logged as an error. */
bool apic_raise_lvt(struct apic_regs *, enum apic_lvt);

/* Is the delivery mode of the entry reserved, or not supported by this entry? */
bool apic_lvt_reserved(const struct apic_regs *, enum apic_lvt);

/* The interrupt `vector` has ended: level-triggered entries may be raised again. */
void apic_lvt_end(struct apic_regs *, unsigned vector);

#endif
