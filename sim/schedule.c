/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/schedule.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/check.h"
#include "sim/grow.h"

void schedule_add(struct schedule *s, struct choice c)
{
    GROW(s->choice, s->capacity, s->count + 1);
    s->choice[s->count++] = c;
}

struct schedule schedule_copy(const struct schedule *from)
{
    struct schedule copy = {0};
    for (unsigned i = 0; i < from->count; i++)
        schedule_add(&copy, from->choice[i]);
    return copy;
}

void schedule_clear(struct schedule *s)
{
    s->count = 0;
}

void schedule_free(struct schedule *s)
{
    free(s->choice);
    *s = (struct schedule){0};
}

struct choice schedule_choice(struct machine *m, agent_id a)
{
    unsigned i;
    struct choice c = {.agent = (uint8_t)a};
    c.kind = (uint8_t)agent_kind_of(m, a, &i);
    if (c.kind == AGENT_CORE)
        m->core_ops->position(m->cpu, i, &c.icount, &c.acount);
    if (c.kind == AGENT_MESSAGE)
        c.icount = m->state->queue[i / m->slots].slot[i % m->slots].number;
    return c;
}

unsigned schedule_switches(const struct schedule *s)
{
    unsigned switches = 0;
    for (unsigned i = 1; i < s->count; i++)
        switches += s->choice[i].agent != s->choice[i - 1].agent;
    return switches;
}

/* ---- Printing ---- */

struct writer {
    char *text;
    uint32_t used, capacity;
};

static void __attribute__((format(printf, 2, 3))) put(struct writer *w, const char *format, ...)
{
    GROW(w->text, w->capacity, w->used + 64);
    va_list ap;
    va_start(ap, format);
    w->used += (uint32_t)vsnprintf(w->text + w->used, w->capacity - w->used, format, ap);
    va_end(ap);
}

static void put_choice(struct writer *w, const struct machine *m, const struct choice *c,
                       unsigned repeat)
{
    unsigned i;
    const char *space = w->used ? " " : "";
    switch (agent_kind_of(m, c->agent, &i)) {
    case AGENT_CORE:
        put(w, "%sc%u@%llu", space, i, (unsigned long long)c->icount);
        if (c->acount)
            put(w, ".%u", c->acount);
        break;
    case AGENT_BUFFER:
        put(w, "%sb%u", space, i);
        break;
    case AGENT_DEVICE:
        put(w, "%sd%u", space, i);
        break;
    case AGENT_MESSAGE:
        put(w, "%sm%u.%llu", space, i / m->slots, (unsigned long long)c->icount);
        break;
    }
    if (repeat > 1 && (c->kind == AGENT_BUFFER || c->kind == AGENT_DEVICE))
        put(w, "*%u", repeat);
}

char *schedule_print(const struct machine *m, const struct schedule *s)
{
    struct writer w = {0};
    put(&w, "%s", "");
    for (unsigned i = 0; i < s->count;) {
        unsigned n = 1;
        while (i + n < s->count && s->choice[i + n].agent == s->choice[i].agent &&
               s->choice[i].kind != AGENT_MESSAGE)
            n++;
        put_choice(&w, m, &s->choice[i + n - 1], n); /* of a core only where it stops counts */
        i += n;
    }
    return w.text;
}

/* ---- Parsing ---- */

struct reader {
    const struct machine *m;
    const char *text;
    const char *at;
    char *error;
    size_t size;
};

static bool fail(struct reader *r, const char *what)
{
    int length = (int)strcspn(r->at, " \t\n");
    snprintf(r->error, r->size, "schedule, character %d, at '%.*s': %s",
             (int)(r->at - r->text) + 1, length < 20 ? length : 20, r->at, what);
    return false;
}

static bool number(struct reader *r, uint64_t limit, uint64_t *value)
{
    if (!isdigit((unsigned char)*r->at))
        return fail(r, "expected a number");
    *value = 0;
    while (isdigit((unsigned char)*r->at)) {
        *value = *value * 10 + (uint64_t)(*r->at - '0');
        if (*value > limit)
            return fail(r, "the number is larger than this machine has");
        r->at++;
    }
    return true;
}

static bool expect(struct reader *r, char c, const char *what)
{
    if (*r->at != c)
        return fail(r, what);
    r->at++;
    return true;
}

static bool parse_core(struct reader *r, struct choice *c)
{
    uint64_t core, access = 0;
    if (!number(r, r->m->cores - 1, &core) ||
        !expect(r, '@', "expected '@' and the position, as in c0@153.2") ||
        !number(r, UINT64_MAX / 16, &c->icount))
        return false;
    if (*r->at == '.') {
        r->at++;
        if (!number(r, UINT32_MAX, &access))
            return false;
    }
    c->agent = (uint8_t)core;
    c->acount = (uint32_t)access;
    return true;
}

static bool parse_message(struct reader *r, struct choice *c)
{
    uint64_t source;
    if (!number(r, r->m->cores + r->m->devices - 1, &source) ||
        !expect(r, '.', "expected '.' and the message's number, as in m1.0") ||
        !number(r, UINT32_MAX, &c->icount))
        return false;
    c->agent = (uint8_t)agent_of_message(r->m, (unsigned)source, (uint32_t)c->icount);
    return true;
}

static bool parse_numbered(struct reader *r, struct choice *c, uint64_t count, uint64_t *repeat)
{
    uint64_t index;
    if (!count)
        return fail(r, "this machine has no devices");
    if (!number(r, count - 1, &index))
        return false;
    c->agent = (uint8_t)(c->kind == AGENT_BUFFER ? agent_of_buffer(r->m, (unsigned)index)
                                                 : agent_of_device(r->m, (unsigned)index));
    if (*r->at == '*') {
        r->at++;
        if (*r->at == '0')
            return fail(r, "a repetition of 1 or more is right");
        return number(r, SCHEDULE_CHOICES_MAX, repeat);
    }
    return true;
}

static bool parse_choice(struct reader *r, struct choice *c, uint64_t *repeat)
{
    *repeat = 1;
    switch (*r->at++) {
    case 'c':
        c->kind = AGENT_CORE;
        return parse_core(r, c);
    case 'b':
        c->kind = AGENT_BUFFER;
        return parse_numbered(r, c, r->m->cores, repeat);
    case 'd':
        c->kind = AGENT_DEVICE;
        return parse_numbered(r, c, r->m->devices, repeat);
    case 'm':
        c->kind = AGENT_MESSAGE;
        return parse_message(r, c);
    default:
        r->at--;
        return fail(r, "expected c (core), b (store buffer), d (device) or m (message)");
    }
}

bool schedule_parse(const struct machine *m, const char *text, struct schedule *s, char *error,
                    size_t size)
{
    struct reader r = {m, text, text, error, size};
    schedule_clear(s);
    for (;;) {
        while (isspace((unsigned char)*r.at))
            r.at++;
        if (!*r.at)
            return true;
        struct choice c = {0};
        uint64_t repeat;
        const char *start = r.at;
        if (!parse_choice(&r, &c, &repeat))
            return false;
        if (*r.at && !isspace((unsigned char)*r.at))
            return fail(&r, "expected a space");
        if (repeat > SCHEDULE_CHOICES_MAX - s->count) {
            r.at = start;
            return fail(&r, "more choices than an execution has steps");
        }
        while (repeat--)
            schedule_add(s, c);
    }
}
