/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which steps of one execution met what another core, device or message did: the memory that a step touched was also
 * touched by somebody else, and one of the two wrote it. The rest are steps that nobody but their core could tell.
 * A store buffer belongs to its core, so a store and the drain that makes it visible are judged alike.
 */
#ifndef SIM_CONTACT_H
#define SIM_CONTACT_H

#include "sim/schedule.h"

struct contacts {
    struct contact *contact;
    uint32_t count, capacity;
};

/* What step number `step` of the trace, by agent `a`, touched. */
void contacts_add(struct contacts *, const struct machine *, agent_id a, unsigned step, const struct footprint *);

/* Of a store, which touches memory only when it is drained. */
void contacts_add_store(struct contacts *, const struct machine *, agent_id a, unsigned step, const struct step *);

/* Sets `met` of the trace's steps, and empties the contacts. */
void contacts_judge(struct contacts *, struct trace *);

#endif
