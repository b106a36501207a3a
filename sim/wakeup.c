/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/wakeup.h"

#include <stdlib.h>
#include <string.h>

/* ---- Sequences ---- */

void sequence_clear(struct sequence *v)
{
    v->count = 0;
    v->units = 0;
    v->uncertain = NO_EVENT;
}

void sequence_add(struct sequence *v, uint32_t event)
{
    if (v->count == v->capacity) {
        v->capacity = v->capacity ? 2 * v->capacity : 256;
        v->event = realloc(v->event, v->capacity * sizeof *v->event);
        assert(v->event);
    }
    v->event[v->count++] = event;
}

void sequence_free(struct sequence *v)
{
    free(v->event);
    v->event = NULL;
    v->count = v->capacity = 0;
}

/* Position of the agent's first event; v->count if it has none. */
static uint32_t first_of(const struct sequence *v, const struct history *h, unsigned agent)
{
    uint32_t i = 0;
    while (i < v->count && h->event[v->event[i]].agent != agent)
        i++;
    return i;
}

bool sequence_has(const struct sequence *v, const struct history *h, unsigned agent)
{
    return first_of(v, h, agent) < v->count;
}

static bool starts_at(const struct sequence *v, const struct history *h, uint32_t position)
{
    uint32_t f = v->event[position];
    if (f == v->uncertain)
        return position == 0;
    for (uint32_t i = 0; i < position; i++)
        if (v->event[i] == v->uncertain || history_before(h, v->event[i], f))
            return false;
    return true;
}

bool sequence_starts(const struct sequence *v, const struct history *h, unsigned agent)
{
    uint32_t position = first_of(v, h, agent);
    return position < v->count && starts_at(v, h, position);
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

bool sequence_ignores(const struct sequence *v, const struct history *h, const struct access *a,
                      uint32_t count)
{
    bool forwarded = any_forwarded(a, count);
    struct access now[FOOTPRINT_MAX];
    if (forwarded)
        a = memcpy(now, a, count * sizeof *a);
    for (uint32_t i = 0; i < v->count; i++) {
        if (v->event[i] == v->uncertain || history_touches(h, v->event[i], a, count))
            return false;
        if (forwarded)
            drain_forwarded(h, v->event[i], now, count);
    }
    return true;
}

/* Takes the agent's first event out if it can come first. */
static bool sequence_take(struct sequence *v, const struct history *h, unsigned agent)
{
    uint32_t position = first_of(v, h, agent);
    if (position == v->count || !starts_at(v, h, position))
        return false;
    v->count--;
    memmove(&v->event[position], &v->event[position + 1],
            (v->count - position) * sizeof *v->event);
    return true;
}

/* ---- Trees ---- */

/* A load behind, or before, a drain that the sequence leaves out. There it may be a load from the
 * store buffer for longer: it conflicts with less than the event did. */
static bool may_be_forwarded(const struct sequence *v, const struct access *a, uint32_t count)
{
    for (uint32_t i = 0; i < count && v->units; i++)
        if ((v->units >> a[i].unit & 1) && a[i].mode != ACCESS_WRITE)
            return true;
    return false;
}

static bool any_may_be_forwarded(const struct sequence *v, const struct history *h)
{
    struct access access[FOOTPRINT_MAX];
    for (uint32_t i = 0; i < v->count && v->units; i++)
        if (may_be_forwarded(v, access, history_accesses(h, v->event[i], access)))
            return true;
    return false;
}

static struct wakeup *step_of(const struct sequence *v, const struct history *h, uint32_t event)
{
    struct access access[FOOTPRINT_MAX];
    uint32_t count = history_accesses(h, event, access);
    struct wakeup *w = malloc(sizeof *w + count * sizeof *access);
    assert(w);
    *w = (struct wakeup){.agent = (uint8_t)h->event[event].agent,
                         .uncertain = event == v->uncertain,
                         .forwarded = may_be_forwarded(v, access, count), .count = count};
    memcpy(w->access, access, count * sizeof *access);
    return w;
}

/* Is the step of the tree, by an agent without an event in v, independent of v? */
static bool passes(const struct wakeup *w, const struct history *h, const struct sequence *v)
{
    return !w->uncertain && !sequence_has(v, h, w->agent) &&
           sequence_ignores(v, h, w->access, w->count);
}

void wakeup_insert(struct wakeup **tree, const struct history *h, struct sequence *v)
{
    bool doubtful = v->uncertain != NO_EVENT || any_may_be_forwarded(v, h);
    for (struct wakeup *w = *tree; w; w = *tree) {
        if (!sequence_take(v, h, w->agent) && !passes(w, h, v)) {
            doubtful |= w->uncertain || w->forwarded;
            tree = &w->next;
            continue;
        }
        if (!w->child)
            return; /* everything behind this leaf will be explored */
        tree = &w->child;
    }
    for (uint32_t i = 0; i < v->count; i++) {
        *tree = step_of(v, h, v->event[i]);
        (*tree)->doubtful = doubtful && i == 0;
        tree = &(*tree)->child;
    }
}

unsigned wakeup_take(struct wakeup **tree, struct wakeup **after, bool *doubtful)
{
    struct wakeup *w = *tree;
    unsigned agent = w->agent;
    *doubtful = w->doubtful;
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
