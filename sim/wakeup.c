/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/wakeup.h"

#include <stdlib.h>
#include <string.h>

/* ---- Sequences ---- */

void sequence_clear(struct sequence *v)
{
    v->count = 0;
    v->agents = 0;
}

static void reserve(struct sequence *v)
{
    if (v->count < v->capacity)
        return;
    v->capacity = v->capacity ? 2 * v->capacity : 256;
    v->event = realloc(v->event, v->capacity * sizeof *v->event);
    v->next = realloc(v->next, v->capacity * sizeof *v->next);
    assert(v->event && v->next);
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

/* If any event of another agent that is left happens before it, so does that agent's first one. */
bool sequence_starts(const struct sequence *v, const struct history *h, unsigned agent)
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

/* Once the store that a load saw in its own buffer has been drained, the load is a read. */
static void drain_forwarded(const struct history *h, uint32_t event, struct access *a,
                            uint32_t count)
{
    struct access drain[FOOTPRINT_MAX];
    uint32_t drains = history_accesses(h, event, drain);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t j = 0; j < drains && a[i].mode == ACCESS_FORWARDED; j++)
            if (drain[j].mode == ACCESS_WRITE && drain[j].store == a[i].store &&
                drain[j].resource == a[i].resource && drain[j].unit == a[i].unit)
                a[i].mode = ACCESS_READ;
}

static bool any_forwarded(const struct access *a, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (a[i].mode == ACCESS_FORWARDED)
            return true;
    return false;
}

uint32_t sequence_wakes(const struct sequence *v, const struct history *h, unsigned agent,
                        const struct access *a, uint32_t count)
{
    bool forwarded = any_forwarded(a, count);
    struct access now[FOOTPRINT_MAX];
    if (forwarded)
        a = memcpy(now, a, count * sizeof *a);
    for (uint32_t i = 0; i < v->count; i++) {
        if (!is_left(v, h, i))
            continue;
        if (h->event[v->event[i]].agent == agent)
            return NEVER;
        if (history_touches(h, v->event[i], a, count))
            return i + 1;
        if (forwarded)
            drain_forwarded(h, v->event[i], now, count);
    }
    return NEVER;
}

/* Takes the agent's first event out if it can come first; NO_EVENT if not. */
static uint32_t sequence_take(struct sequence *v, const struct history *h, unsigned agent)
{
    if (!sequence_starts(v, h, agent))
        return NO_EVENT;
    uint32_t event = v->event[v->first[agent]], next = v->next[v->first[agent]];
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

static struct wakeup *step_of(const struct history *h, uint32_t event)
{
    struct access access[FOOTPRINT_MAX];
    return new_step(h->event[event].agent, access, history_accesses(h, event, access));
}

static uint32_t later_of(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

uint32_t wakeup_insert(struct wakeup **tree, const struct history *h, struct sequence *v,
                       uint32_t length)
{
    uint32_t newest = 0;
    for (struct wakeup *w = *tree; w; w = *tree) {
        uint32_t taken = sequence_take(v, h, w->agent);
        uint32_t wakes = taken == NO_EVENT ? sequence_wakes(v, h, w->agent, w->access, w->count) : 0;
        if (taken == NO_EVENT && wakes != NEVER) {
            length = later_of(length, wakes);
            tree = &w->next;
            continue;
        }
        newest = later_of(newest, taken); /* a step that is not of v: NO_EVENT */
        if (!w->child)
            return newest; /* everything behind this leaf will be explored */
        tree = &w->child;
    }
    for (uint32_t i = 0; i < v->count && i < length; i++) {
        if (!is_left(v, h, i))
            continue;
        newest = later_of(newest, v->event[i]);
        *tree = step_of(h, v->event[i]);
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
