/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/wakeup.h"

#include <stdlib.h>
#include <string.h>

/* ---- Sequences ---- */

void sequence_clear(struct sequence *v)
{
    v->count = 0;
    v->left_out_count = 0;
    v->forwards = false;
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
    free(v->left_out);
    v->event = NULL;
    v->left_out = NULL;
    v->count = v->capacity = 0;
}

void sequence_leave_out(struct sequence *v, const struct history *h, uint32_t event)
{
    struct access a[FOOTPRINT_MAX];
    uint32_t count = history_accesses(h, event, a);
    for (uint32_t i = 0; i < count; i++) {
        if (!a[i].store || a[i].mode != ACCESS_WRITE)
            continue; /* no drain */
        if (v->left_out_count == v->left_out_capacity) {
            v->left_out_capacity = v->left_out_capacity ? 2 * v->left_out_capacity : 16;
            v->left_out = realloc(v->left_out, v->left_out_capacity * sizeof *v->left_out);
            assert(v->left_out);
        }
        v->left_out[v->left_out_count++] = (struct left_out){event, a[i]};
    }
}

static bool sees_store(const struct access *load, const struct access *drain)
{
    return load->mode != ACCESS_WRITE && load->unit == drain->unit &&
           load->resource == drain->resource && (load->bytes & drain->bytes);
}

void sequence_complete(struct sequence *v, const struct history *h)
{
    struct access a[FOOTPRINT_MAX];
    for (uint32_t i = 0; i < v->count && v->left_out_count && !v->forwards; i++) {
        uint32_t count = history_accesses(h, v->event[i], a);
        for (uint32_t k = 0; k < count; k++)
            for (uint32_t d = 0; d < v->left_out_count; d++)
                v->forwards |= sees_store(&a[k], &v->left_out[d].access);
    }
}

/* What the event touches in the sequence: a load behind a drain that is left out is forwarded. */
static uint32_t accesses_in(const struct sequence *v, const struct history *h, uint32_t event,
                            struct access *a)
{
    uint32_t count = history_accesses(h, event, a);
    for (uint32_t d = v->forwards ? v->left_out_count : 0; d--;) { /* the youngest store first */
        const struct access *drain = &v->left_out[d].access;
        for (uint32_t k = count; k-- && v->left_out[d].event < event;) {
            if (a[k].mode != ACCESS_READ || !sees_store(&a[k], drain))
                continue;
            struct access part = a[k];
            part.mode = ACCESS_FORWARDED;
            part.store = drain->store;
            part.bytes &= drain->bytes;
            a[k].bytes &= (uint8_t)~part.bytes; /* nothing may be left: it conflicts with nothing */
            assert(count < FOOTPRINT_MAX);
            a[count++] = part;
        }
    }
    return count;
}

/* Does event e of the sequence come before f in every order of it? The clocks know of loads only as
 * they were; what f depends on by way of others is in the sequence too, and found there. */
static bool comes_before(const struct sequence *v, const struct history *h, uint32_t e, uint32_t f)
{
    bool before = history_before(h, e, f);
    if (!before || !v->forwards || h->event[e].agent == h->event[f].agent)
        return before;
    struct access a[FOOTPRINT_MAX], b[FOOTPRINT_MAX];
    uint32_t a_count = accesses_in(v, h, e, a), b_count = accesses_in(v, h, f, b);
    for (uint32_t i = 0; i < a_count; i++)
        for (uint32_t k = 0; k < b_count; k++)
            if (access_conflicts(&a[i], &b[k]))
                return true;
    return false;
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
        if (v->event[i] == v->uncertain || comes_before(v, h, v->event[i], f))
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

static bool touches(const struct sequence *v, const struct history *h, uint32_t event,
                    const struct access *a, uint32_t count)
{
    struct access own[FOOTPRINT_MAX];
    if (!v->forwards)
        return history_touches(h, event, a, count);
    for (uint32_t k = accesses_in(v, h, event, own); k--;)
        for (uint32_t i = 0; i < count; i++)
            if (access_conflicts(&own[k], &a[i]))
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
        if (v->event[i] == v->uncertain || touches(v, h, v->event[i], a, count))
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

static struct wakeup *step_of(const struct sequence *v, const struct history *h, uint32_t event)
{
    struct access access[FOOTPRINT_MAX];
    uint32_t count = accesses_in(v, h, event, access);
    struct wakeup *w = malloc(sizeof *w + count * sizeof *access);
    assert(w);
    *w = (struct wakeup){.agent = (uint8_t)h->event[event].agent,
                         .uncertain = event == v->uncertain, .count = count};
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
    bool doubtful = v->uncertain != NO_EVENT;
    for (struct wakeup *w = *tree; w; w = *tree) {
        if (!sequence_take(v, h, w->agent) && !passes(w, h, v)) {
            doubtful |= w->uncertain;
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
