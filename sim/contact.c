/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/contact.h"

#include <stdlib.h>

#include "sim/grow.h"

struct contact {
    uint64_t resource;
    unsigned step;
    uint8_t actor; /* a core for its buffer, too; otherwise the agent */
    uint8_t bytes;
    bool writes;
};

static uint8_t actor_of(const struct machine *m, agent_id a)
{
    return (uint8_t)(a < 2 * m->cores ? a % m->cores : a);
}

static void add(struct contacts *c, struct contact contact)
{
    GROW(c->contact, c->capacity, c->count + 1);
    c->contact[c->count++] = contact;
}

void contacts_add(struct contacts *c, const struct machine *m, agent_id a, unsigned step, const struct footprint *fp)
{
    for (uint32_t i = 0; i < fp->count; i++) {
        const struct access *x = &fp->access[i];
        bool writes = x->mode == ACCESS_WRITE || x->mode == ACCESS_ACCUMULATE;
        if (resource_kind(x->resource) == RES_MEMORY)
            add(c, (struct contact){x->resource, step, actor_of(m, a), x->bytes, writes});
    }
}

void contacts_add_store(struct contacts *c, const struct machine *m, agent_id a, unsigned step, const struct step *s)
{
    struct footprint fp;
    footprint_clear(&fp);
    footprint_add_memory(&fp, s->address, s->size, ACCESS_WRITE, 0);
    contacts_add(c, m, a, step, &fp);
}

static int by_resource(const void *left, const void *right)
{
    const struct contact *a = left, *b = right;
    return (a->resource > b->resource) - (a->resource < b->resource);
}

/* Of one resource: who touches its bytes, a bit an actor. */
struct touched {
    uint64_t by[8], written_by[8];
};

static struct touched touched_by(const struct contact *c, uint32_t count)
{
    struct touched t = {{0}, {0}};
    for (uint32_t i = 0; i < count; i++)
        for (unsigned byte = 0; byte < 8; byte++) {
            uint64_t bit = (uint64_t)(c[i].bytes >> byte & 1) << c[i].actor;
            t.by[byte] |= bit;
            t.written_by[byte] |= c[i].writes ? bit : 0;
        }
    return t;
}

static bool met(const struct contact *c, const struct touched *t)
{
    uint64_t others = 0;
    for (unsigned byte = 0; byte < 8; byte++)
        if (c->bytes >> byte & 1)
            others |= c->writes ? t->by[byte] : t->written_by[byte];
    return others & ~(1ull << c->actor);
}

void contacts_judge(struct contacts *c, struct trace *trace)
{
    if (c->count)
        qsort(c->contact, c->count, sizeof *c->contact, by_resource);
    for (uint32_t from = 0, to; from < c->count; from = to) {
        for (to = from; to < c->count && c->contact[to].resource == c->contact[from].resource;)
            to++;
        struct touched t = touched_by(c->contact + from, to - from);
        for (uint32_t i = from; i < to; i++)
            trace->step[c->contact[i].step].met |= met(&c->contact[i], &t);
    }
    free(c->contact);
    *c = (struct contacts){0};
}
