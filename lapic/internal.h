/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of lapic/, for nobody else. */
#ifndef LAPIC_INTERNAL_H
#define LAPIC_INTERNAL_H

#include "lapic/lapic.h"

extern const struct msr_ops lapic_x2apic_ops; /* msr.c */
extern const struct msr_ops lapic_base_ops;   /* msr.c */
extern const struct msr_ops lapic_deadline_ops; /* timer.c */
extern const struct message_ops lapic_fabric_ops; /* fabric.c */

/* timer.c: the TSC, for cores; false if the core has no timer. */
bool timer_next_tsc(struct lapic *, struct core *, struct footprint *);
uint64_t timer_read_tsc(struct lapic *, struct core *);

/* init.c: messages that are neither fixed nor NMIs, and a core that takes an INIT: false if it is
 * the bootstrap processor. */
void init_next_arrival(unsigned core, unsigned kind, struct footprint *);
void init_arrive(struct lapic *, unsigned core, unsigned kind, unsigned vector);
bool init_reset(struct lapic *, unsigned core);

/* fabric.c: an ICR write. What its first visible step touches, and the write itself, which makes
 * a point of its own for each message after the first. */
void fabric_next_send(struct lapic *, unsigned core, uint64_t icr, struct footprint *,
                      unsigned *flags);
void fabric_send(struct lapic *, struct core *, uint64_t icr);

/* The cores, a bit each, that an interrupt command of core `sender` goes to. */
struct icr;
uint32_t fabric_targets(const struct lapic *, unsigned sender, const struct icr *);

#endif
