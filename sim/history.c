/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/history.h"

#include <stdlib.h>
#include <string.h>

#include "sim/grow.h"

enum { NO_RECORD = ~0u };

struct bucket {
    uint64_t resource;
    uint32_t newest;
    uint32_t used;
};

void history_init(struct history *h, unsigned agents)
{
    memset(h, 0, sizeof *h);
    assert(agents <= 64);
    h->agents = agents;
    h->width = (agents + CLOCK_LANES - 1) / CLOCK_LANES * CLOCK_LANES;
    h->bucket_mask = 1023;
    h->bucket = calloc(h->bucket_mask + 1, sizeof *h->bucket);
    assert(h->bucket);
    for (unsigned i = 0; i < 64; i++)
        h->last[i] = NO_EVENT;
}

void history_free(struct history *h)
{
    free(h->event);
    free(h->clock);
    free(h->record);
    free(h->bucket);
}

static uint32_t find_bucket(const struct bucket *b, uint32_t mask, uint64_t resource)
{
    uint32_t i = (uint32_t)(resource * 0x9e3779b97f4a7c15ull >> 32) & mask; /* Fibonacci hashing */
    while (b[i].used && b[i].resource != resource)
        i = (i + 1) & mask;
    return i;
}

static void grow_buckets(struct history *h)
{
    uint32_t mask = h->bucket_mask * 2 + 1;
    struct bucket *bigger = calloc((size_t)mask + 1, sizeof *bigger);
    assert(bigger);
    for (uint32_t i = 0; i <= h->bucket_mask; i++) {
        if (!h->bucket[i].used)
            continue;
        uint32_t to = find_bucket(bigger, mask, h->bucket[i].resource);
        bigger[to] = h->bucket[i];
        for (uint32_t r = bigger[to].newest; r != NO_RECORD; r = h->record[r].older)
            h->record[r].bucket = to;
    }
    free(h->bucket);
    h->bucket = bigger;
    h->bucket_mask = mask;
}

static uint32_t bucket_of(struct history *h, uint64_t resource)
{
    uint32_t i = find_bucket(h->bucket, h->bucket_mask, resource);
    if (!h->bucket[i].used) {
        h->bucket[i] = (struct bucket){resource, NO_RECORD, 1};
        h->bucket_used++;
    }
    return i;
}

/* The newest conflicting event of each agent; its older ones happened before that already. */
struct candidates {
    unsigned count;
    uint64_t agents;
    uint32_t event[64]; /* sorted, newest first */
    bool order[64];
};

static void remove_candidate(const struct history *h, struct candidates *c, uint32_t agent)
{
    unsigned i = 0;
    while (h->event[c->event[i]].agent != agent)
        i++;
    c->count--;
    memmove(&c->event[i], &c->event[i + 1], (c->count - i) * sizeof c->event[0]);
    memmove(&c->order[i], &c->order[i + 1], (c->count - i) * sizeof c->order[0]);
}

/* One conflict that no schedule can reverse makes the pair irreversible, whatever else it
 * conflicts in. */
static void add_candidate(const struct history *h, struct candidates *c, uint32_t event, bool order)
{
    uint32_t agent = h->event[event].agent;
    if (c->agents >> agent & 1) {
        unsigned at = 0;
        while (h->event[c->event[at]].agent != agent)
            at++;
        if (c->event[at] == event)
            c->order[at] |= order;
        if (c->event[at] >= event)
            return;
        remove_candidate(h, c, agent);
    }
    unsigned i = c->count;
    while (i && c->event[i - 1] < event)
        i--;
    memmove(&c->event[i + 1], &c->event[i], (c->count - i) * sizeof c->event[0]);
    memmove(&c->order[i + 1], &c->order[i], (c->count - i) * sizeof c->order[0]);
    c->event[i] = event;
    c->order[i] = order;
    c->count++;
    c->agents |= 1ull << agent;
}

/*
 * Walks the chain of a resource. Behind a write that covers the access, everything of another unit
 * happens before that write already; only reads of the write's own unit do not (a core's load and
 * the drain of its own store are not ordered). Behind two such writes of different units nothing
 * is left. What was there before a drain of the own unit is nothing to a load: it could have seen
 * the store in the buffer, before what was there as well.
 *
 * Between two writes a core may have read what can interrupt it at each of its steps. Of those records all
 * but the newest are passed over: they conflict with whatever that one conflicts with, and happened before it.
 */
static void collect(const struct history *h, const struct access *a, uint32_t bucket,
                    struct candidates *c)
{
    const struct access *cover = NULL;
    struct access left = *a;
    for (uint32_t r = h->bucket[bucket].newest; r != NO_RECORD; r = h->record[r].before) {
        const struct record *rec = &h->record[r];
        const struct access *b = &rec->access;
        bool covers = b->mode == ACCESS_WRITE && (left.bytes & ~b->bytes) == 0;
        if (!cover || b->unit == cover->unit) {
            if (access_conflicts(&left, b))
                add_candidate(h, c, rec->event, a->order || b->order);
        }
        if (a->mode == ACCESS_READ && b->mode == ACCESS_WRITE && a->unit && a->unit == b->unit)
            left.bytes &= (uint8_t)~b->bytes;
        if (!left.bytes)
            return;
        if (!covers)
            continue;
        if (b->unit == 0 || (cover && cover->unit != b->unit))
            return;
        if (!cover)
            cover = b;
    }
}

static void reserve_event(struct history *h)
{
    if (h->count < h->capacity)
        return;
    h->capacity = grown(h->capacity, h->count + 1);
    h->event = resized(h->event, h->capacity, sizeof *h->event);
    h->clock = resized(h->clock, h->capacity, h->width * sizeof *h->clock);
}

static uint32_t newest_event(const struct history *h, uint32_t bucket)
{
    uint32_t r = h->bucket[bucket].newest;
    return r == NO_RECORD ? 0 : h->record[r].event;
}

/* Accesses of one agent to one resource that are the same to whoever comes later. Writes end chains, and drains
 * turn forwarded loads into reads. */
static bool alike(const struct history *h, const struct record *a, const struct record *b)
{
    const struct access *x = &a->access, *y = &b->access;
    return h->event[a->event].agent == h->event[b->event].agent && a->event >= b->event && x->mode == y->mode &&
           (x->mode == ACCESS_READ || x->mode == ACCESS_ACCUMULATE) && x->bytes == y->bytes &&
           x->unit == y->unit && x->order == y->order;
}

static void add_record(struct history *h, const struct access *a, uint32_t bucket, uint32_t event)
{
    GROW(h->record, h->record_capacity, h->record_count + 1);
    struct record *rec = &h->record[h->record_count];
    rec->access = *a;
    rec->event = event;
    rec->older = h->bucket[bucket].newest;
    rec->before = rec->older;
    if (rec->older != NO_RECORD && alike(h, rec, &h->record[rec->older]))
        rec->before = h->record[rec->older].before;
    rec->bucket = bucket;
    h->bucket[bucket].newest = h->record_count++;
}

/* A drain is also the moment at which loads forwarded from its store count as reads, see
 * ACCESS_FORWARDED: whatever changes this memory afterwards comes after them. `since`: the event
 * that put the store into the buffer. */
static void add_forwarded_reads(struct history *h, const struct access *drain, uint32_t bucket,
                                uint32_t since)
{
    uint32_t older;
    for (uint32_t r = h->bucket[bucket].newest; r != NO_RECORD; r = older) {
        struct access load = h->record[r].access;
        uint32_t event = h->record[r].event;
        bool moved = load.mode == ACCESS_READ && load.store; /* stands behind later events */
        older = h->record[r].older;
        if (event <= since && !moved)
            return;
        load.bytes &= drain->bytes;
        if (load.mode != ACCESS_FORWARDED || load.unit != drain->unit ||
            load.store != drain->store || !load.bytes)
            continue;
        load.mode = ACCESS_READ;
        add_record(h, &load, bucket, event);
    }
}

static unsigned find_races(struct history *h, uint16_t *clock, const struct candidates *c,
                           struct race *races)
{
    unsigned count = 0;
    for (unsigned i = 0; i < c->count; i++) {
        const struct event *e = &h->event[c->event[i]];
        if (clock[e->agent] >= e->number)
            continue;
        assert(count < HISTORY_MAX_RACES);
        races[count++] = (struct race){c->event[i], !c->order[i]};
        clock_join(h, clock, history_clock(h, c->event[i]));
    }
    return count;
}

unsigned history_push(struct history *h, unsigned agent, const struct footprint *fp,
                      struct race races[HISTORY_MAX_RACES])
{
    struct candidates candidates;
    candidates.count = 0;
    candidates.agents = 0;
    uint32_t bucket[FOOTPRINT_MAX], since = 0;
    reserve_event(h);
    struct event *e = &h->event[h->count];
    uint16_t *clock = h->clock + (size_t)h->count * h->width;
    uint32_t previous = h->last[agent];
    *e = (struct event){.agent = agent, .number = 1, .previous = previous,
                        .first_record = h->record_count, .conditional = fp->conditional};
    if (previous != NO_EVENT) {
        e->number = h->event[previous].number + 1;
        memcpy(clock, history_clock(h, previous), h->width * sizeof *clock);
    } else {
        memset(clock, 0, h->width * sizeof *clock);
    }
    assert(e->number < UINT16_MAX);
    if ((h->bucket_used + FOOTPRINT_MAX) * 2 > h->bucket_mask)
        grow_buckets(h); /* not below: the numbers of buckets must hold */
    for (uint32_t i = 0; i < fp->count; i++) {
        bucket[i] = bucket_of(h, fp->access[i].resource);
        if (fp->access[i].mode != ACCESS_FORWARDED)
            collect(h, &fp->access[i], bucket[i], &candidates);
    }
    unsigned count = find_races(h, clock, &candidates, races);
    clock[agent] = (uint16_t)e->number;
    for (uint32_t i = 0; i < fp->count; i++) {
        const struct access *a = &fp->access[i];
        if (a->order)
            since = newest_event(h, bucket[i]);
        add_record(h, a, bucket[i], h->count);
        if (a->store && a->mode == ACCESS_WRITE) {
            e->drain = true;
            add_forwarded_reads(h, a, bucket[i], since);
        }
    }
    h->last[agent] = h->count++;
    return count;
}

uint32_t history_accesses(const struct history *h, uint32_t event, struct access *to)
{
    uint32_t end = history_records_end(h, event), count = 0;
    for (uint32_t r = h->event[event].first_record; r < end; r++)
        if (h->record[r].event == event)
            to[count++] = h->record[r].access;
    return count;
}

void history_truncate(struct history *h, uint32_t count)
{
    while (h->count > count) {
        const struct event *e = &h->event[--h->count];
        while (h->record_count > e->first_record) {
            const struct record *rec = &h->record[--h->record_count];
            h->bucket[rec->bucket].newest = rec->older;
        }
        h->last[e->agent] = e->previous;
    }
}
