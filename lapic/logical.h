/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ids and destinations: which local APIC a message is for, and which of several that it is for a
 * lowest-priority message goes to. Pure.
 */
#ifndef LAPIC_LOGICAL_H
#define LAPIC_LOGICAL_H

#include "lapic/priority.h"

/* LDR in x2APIC mode, derived from the id. */
uint32_t apic_logical_id(uint32_t id);

/* LDR as software reads it in the mode that the APIC is in. */
uint32_t apic_ldr(const struct apic_regs *);

/* A destination as it is on its way: 8 or 32 bits, an id or a logical address. */
struct apic_destination {
    uint32_t address;
    bool logical;
};

enum apic_match {
    MATCH_NO,
    MATCH_YES,
    MATCH_UNDEFINED, /* DFR holds a model that no manual defines */
};

/* Is it for this APIC, as that is now? One that is disabled has the ids of xAPIC mode. */
enum apic_match apic_matches(const struct apic_regs *, struct apic_destination);

/* Could it become so, or stop being so, when the APIC's mode, LDR or DFR is changed? */
bool apic_match_can_change(const struct apic_regs *, struct apic_destination);

/* Takes part in the arbitration for lowest-priority messages: enabled, in hardware and software. */
bool apic_arbitrates(const struct apic_regs *);

/* The lower, the rather it gets a lowest-priority message: a priority class, 0 to 15. */
unsigned apic_arbitration_rank(const struct apic_regs *, bool by_ppr);

#endif
