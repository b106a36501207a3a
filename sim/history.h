/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The history of the current execution: its events with their footprints, and who happened before
 * whom. Event e happens before f if both belong to one agent in that order, or they conflict in
 * that order, or through others (Mazurkiewicz). Kept as vector clocks, one component an agent;
 * events can be taken back from the end.
 */
#ifndef SIM_HISTORY_H
#define SIM_HISTORY_H

#include <stddef.h>
#include <string.h>

#include "sim/footprint.h"

enum { HISTORY_MAX_RACES = 64, NO_EVENT = ~0u, CLOCK_LANES = 8 };

typedef uint16_t clock_lanes __attribute__((vector_size(2 * CLOCK_LANES)));

struct event {
    uint32_t agent;
    uint32_t number;       /* of this agent, from 1 */
    uint32_t previous;     /* index of the agent's event before, or NO_EVENT */
    uint32_t first_record; /* records of this event start here */
    bool drain;            /* of a store buffer */
    bool conditional;      /* as in struct footprint */
};

/* An access of an event; the accesses of one resource form a chain, newest first. */
struct record {
    struct access access;
    uint32_t event;
    uint32_t older;
    uint32_t before; /* behind the last of the older records that are like this one, of its agent: see collect() */
    uint32_t bucket;
};

/* An earlier event that conflicts with the newest one, with nothing between that orders them. */
struct race {
    uint32_t event;
    bool reversible;
};

struct history {
    unsigned agents;
    struct event *event;
    uint16_t *clock; /* `width` components an event, of which `agents` are used */
    unsigned width;  /* a multiple of CLOCK_LANES */
    uint32_t count, capacity;
    uint32_t last[64]; /* newest event of each agent, or NO_EVENT */
    struct record *record;
    uint32_t record_count, record_capacity;
    struct bucket *bucket; /* by resource: its newest record */
    uint32_t bucket_mask, bucket_used;
};

void history_init(struct history *, unsigned agents);
void history_free(struct history *);

/* Appends an event and reports its races, newest first; returns how many. */
unsigned history_push(struct history *, unsigned agent, const struct footprint *,
                      struct race races[HISTORY_MAX_RACES]);

/* Forgets all events from index `count` on. */
void history_truncate(struct history *, uint32_t count);

static inline const uint16_t *history_clock(const struct history *h, uint32_t event)
{
    return h->clock + (size_t)event * h->width;
}

/* The later of two clocks, component by component, into the first one. In lanes of a vector
 * register, because this is done for each event and each race. */
static inline void clock_join(const struct history *h, uint16_t *into,
                              const uint16_t *from)
{
    for (unsigned i = 0; i < h->width; i += CLOCK_LANES) {
        clock_lanes a, b;
        memcpy(&a, into + i, sizeof a);
        memcpy(&b, from + i, sizeof b);
        clock_lanes later = (clock_lanes)(a > b);
        a = (a & later) | (b & ~later);
        memcpy(into + i, &a, sizeof a);
    }
}

/* Copies the accesses of an event to `to` (room for FOOTPRINT_MAX); returns how many. */
uint32_t history_accesses(const struct history *, uint32_t event, struct access *to);

/* Records of an event: from its first_record to here. Some may belong to earlier events. */
static inline uint32_t history_records_end(const struct history *h, uint32_t event)
{
    return event + 1 < h->count ? h->event[event + 1].first_record : h->record_count;
}

/* Does event e (by index) happen before, or equal, f? */
static inline bool history_before(const struct history *h, uint32_t e, uint32_t f)
{
    return history_clock(h, f)[h->event[e].agent] >= h->event[e].number;
}

#endif
