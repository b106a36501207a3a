/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/wakeup.h"

#include <stdlib.h>
#include <string.h>

#include "sim/grow.h"

/* ---- Sequences ---- */

void sequence_clear(struct sequence *v)
{
    v->count = 0;
    v->agents = 0;
    memset(v->taken_drain, 0, sizeof v->taken_drain);
    memset(v->missed_drain, 0, sizeof v->missed_drain);
}

static void reserve(struct sequence *v)
{
    if (v->count < v->capacity)
        return;
    v->capacity = grown(v->capacity, v->count + 1);
    v->event = resized(v->event, v->capacity, sizeof *v->event);
    v->next = resized(v->next, v->capacity, sizeof *v->next);
}

void sequence_add(struct sequence *v, const struct history *h, uint32_t event)
{
    const struct event *e = &h->event[event];
    reserve(v);
    if (!sequence_has(v, e->agent)) {
        v->agents |= 1ull << e->agent;
        v->first[e->agent] = v->count;
        v->number[e->agent] = e->number;
    } else {
        v->next[v->last[e->agent]] = v->count;
    }
    v->last[e->agent] = v->count;
    v->next[v->count] = NO_EVENT;
    v->event[v->count++] = event;
}

void sequence_free(struct sequence *v)
{
    free(v->event);
    free(v->next);
    v->event = v->next = NULL;
    v->count = v->capacity = 0;
}

static bool is_left(const struct sequence *v, const struct history *h, uint32_t position)
{
    unsigned agent = h->event[v->event[position]].agent;
    return sequence_has(v, agent) && position >= v->first[agent];
}

/* Can the agent's first event in the sequence come first of all? If any event of another agent that
 * is left happens before it, so does that agent's first one. */
static bool sequence_starts(const struct sequence *v, const struct history *h, unsigned agent)
{
    if (!sequence_has(v, agent))
        return false;
    const uint16_t *clock = history_clock(h, v->event[v->first[agent]]);
    for (uint64_t left = v->agents & ~(1ull << agent); left; left &= left - 1) {
        unsigned a = (unsigned)__builtin_ctzll(left);
        if (clock[a] >= v->number[a])
            return false;
    }
    return true;
}

/* ---- Loads and the drains of their own core ---- */

static const struct access *drained_by(const struct history *h, uint32_t event)
{
    uint32_t end = history_records_end(h, event);
    for (uint32_t r = h->event[event].first_record; h->event[event].drain && r < end; r++)
        if (h->record[r].access.store && h->record[r].access.mode == ACCESS_WRITE)
            return &h->record[r].access;
    return NULL;
}

void sequence_miss(struct sequence *v, const struct history *h, uint32_t event)
{
    const struct access *d = drained_by(h, event);
    if (d && !v->missed_drain[d->unit])
        v->missed_drain[d->unit] = d->store;
}

/* A load that saw memory, without the drains that the sequence misses: what those wrote, it would have
 * seen in the own buffer. Adds its parts to `to`; returns how many. */
static uint32_t undrain(const struct sequence *v, const struct history *h, uint32_t record,
                        struct access *to)
{
    struct access left = h->record[record].access;
    uint32_t count = 0;
    for (uint32_t r = h->record[record].older; r != NO_EVENT && left.bytes;
         r = h->record[r].older) {
        const struct access *a = &h->record[r].access;
        if (a->mode != ACCESS_WRITE || !a->store || a->unit != left.unit)
            continue;
        if (a->store < v->missed_drain[left.unit])
            break; /* that one and those before it are not missed */
        struct access part = left;
        part.mode = ACCESS_FORWARDED;
        part.store = a->store;
        part.bytes &= a->bytes;
        if (part.bytes)
            to[count++] = part;
        left.bytes &= (uint8_t)~a->bytes;
    }
    if (left.bytes)
        to[count++] = left;
    return count;
}

/* What an event touches where the sequence has it (room for FOOTPRINT_MAX). */
static uint32_t accesses_there(const struct sequence *v, const struct history *h, uint32_t event,
                               struct access *to)
{
    uint32_t end = history_records_end(h, event), count = 0;
    for (uint32_t r = h->event[event].first_record; r < end; r++) {
        const struct access *a = &h->record[r].access;
        if (h->record[r].event != event)
            continue;
        assert(count < FOOTPRINT_MAX);
        if (a->mode == ACCESS_READ && v->missed_drain[a->unit]) {
            assert(count + 8 <= FOOTPRINT_MAX); /* a part a byte at most */
            count += undrain(v, h, r, to + count);
            continue;
        }
        to[count] = *a;
        if (a->mode == ACCESS_FORWARDED && a->store <= v->taken_drain[a->unit])
            to[count].mode = ACCESS_READ;
        count++;
    }
    return count;
}

uint32_t sequence_wakes(const struct sequence *v, const struct history *h, unsigned agent,
                        const struct access *a, uint32_t count)
{
    struct access step[FOOTPRINT_MAX], event[FOOTPRINT_MAX];
    memcpy(step, a, count * sizeof *a);
    for (uint32_t i = 0; i < v->count; i++) {
        if (!is_left(v, h, i))
            continue;
        if (h->event[v->event[i]].agent == agent)
            return NO_EVENT;
        uint32_t accesses = accesses_there(v, h, v->event[i], event);
        if (accesses_conflict(event, accesses, step, count))
            return v->event[i];
        for (uint32_t j = 0; j < count && h->event[v->event[i]].drain; j++)
            accesses_drain(event, accesses, &step[j]);
    }
    return NO_EVENT;
}

/* Takes the agent's first event out if it can come first; NO_EVENT if not. */
static uint32_t sequence_take(struct sequence *v, const struct history *h, unsigned agent)
{
    if (!sequence_starts(v, h, agent))
        return NO_EVENT;
    uint32_t event = v->event[v->first[agent]], next = v->next[v->first[agent]];
    const struct access *drain = drained_by(h, event);
    if (drain)
        v->taken_drain[drain->unit] = drain->store;
    v->first[agent] = next;
    if (next == NO_EVENT)
        v->agents &= ~(1ull << agent);
    else
        v->number[agent] = h->event[v->event[next]].number;
    return event;
}

/* ---- Trees ---- */

static struct wakeup *new_step(unsigned agent, const struct access *access, uint32_t count)
{
    struct wakeup *w = malloc(sizeof *w + count * sizeof *access);
    assert(w);
    *w = (struct wakeup){.agent = (uint8_t)agent, .count = count};
    if (count)
        memcpy(w->access, access, count * sizeof *access);
    return w;
}

static struct wakeup *step_of(const struct sequence *v, const struct history *h, uint32_t event)
{
    struct access access[FOOTPRINT_MAX];
    return new_step(h->event[event].agent, access, accesses_there(v, h, event, access));
}

void past_add(struct past *p, const struct history *h, uint32_t event)
{
    const struct event *e = &h->event[event];
    if (p->number[e->agent] >= e->number)
        return;
    clock_join(h, p->number, history_clock(h, event));
}

static uint32_t later_of(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

uint32_t wakeup_insert(struct wakeup **tree, const struct history *h, struct sequence *v,
                       struct past *needed)
{
    uint32_t newest = 0;
    for (struct wakeup *w = *tree; w; w = *tree) {
        uint32_t taken = sequence_take(v, h, w->agent);
        uint32_t wakes = taken == NO_EVENT ? sequence_wakes(v, h, w->agent, w->access, w->count)
                                           : NO_EVENT;
        if (wakes != NO_EVENT) {
            past_add(needed, h, wakes);
            tree = &w->next;
            continue;
        }
        newest = later_of(newest, taken); /* a step that is not of v: NO_EVENT */
        if (!w->child)
            return newest; /* everything behind this leaf will be explored */
        tree = &w->child;
    }
    for (uint32_t i = 0; i < v->count; i++) {
        const struct event *e = &h->event[v->event[i]];
        if (!is_left(v, h, i) || e->number > needed->number[e->agent])
            continue;
        newest = later_of(newest, v->event[i]);
        *tree = step_of(v, h, v->event[i]);
        tree = &(*tree)->child;
    }
    return newest;
}

void wakeup_add_leaf(struct wakeup **tree, unsigned agent)
{
    while (*tree)
        tree = &(*tree)->next;
    *tree = new_step(agent, NULL, 0);
}

unsigned wakeup_take(struct wakeup **tree, struct wakeup **after)
{
    struct wakeup *w = *tree;
    unsigned agent = w->agent;
    *tree = w->next;
    wakeup_free(*after);
    *after = w->child;
    free(w);
    return agent;
}

void wakeup_free(struct wakeup *w)
{
    while (w) { /* branches are long: no recursion */
        struct wakeup *next = w->next;
        if (w->child) {
            struct wakeup *last = w->child;
            while (last->next)
                last = last->next;
            last->next = next;
            next = w->child;
        }
        free(w);
        w = next;
    }
}
