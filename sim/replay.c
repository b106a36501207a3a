/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a schedule again and records what each step did. */
#include <stdio.h>
#include <stdlib.h>

#include "sim/check.h"
#include "sim/contact.h"
#include "sim/grow.h"
#include "sim/schedule.h"

struct replay {
    struct machine *m;
    struct trace *trace;
    struct contacts contacts;
    char *error;
    size_t size;
};

static struct step *new_step(struct trace *t)
{
    GROW(t->step, t->capacity, t->count + 1);
    return &t->step[t->count++];
}

static bool refuse(struct replay *r, unsigned index, const struct choice *c, const char *why)
{
    char name[32];
    struct choice copy = *c;
    struct schedule alone = {&copy, 1, 1};
    char *text = schedule_print(r->m, &alone);
    agent_name(r->m, c->agent, name, sizeof name);
    snprintf(r->error, r->size, "the schedule does not fit: choice %u, %s: %s %s", index + 1, text,
             c->kind == AGENT_MESSAGE ? "this message" : name, why);
    free(text);
    return false;
}

static void step_once(struct replay *r, agent_id a)
{
    struct machine *m = r->m;
    struct footprint fp, announced;
    unsigned number = r->trace->count;
    agent_next(m, a, &fp);
    announced = fp;
    m->record = new_step(r->trace);
    check_step(m, a, &fp);
    if (m->record->action == STEP_STORE && m->record->address < m->memory.size)
        contacts_add_store(&r->contacts, m, a, number, m->record);
    m->record = NULL;
    contacts_add(&r->contacts, m, a, number, &announced);
    contacts_add(&r->contacts, m, a, number, &m->tail); /* without what invariants read */
}

static int compare_position(struct machine *m, unsigned core, const struct choice *c)
{
    uint64_t icount;
    uint32_t acount;
    m->core_ops->position(m->cpu, core, &icount, &acount);
    if (icount != c->icount)
        return icount < c->icount ? -1 : 1;
    return acount == c->acount ? 0 : acount < c->acount ? -1 : 1;
}

/* A core runs until it stands at the choice's position. */
static bool run_core(struct replay *r, unsigned index, const struct choice *c)
{
    struct machine *m = r->m;
    int order;
    m->core_ops->stop_at(m->cpu, c->agent, c->icount, c->acount);
    do {
        if (!agent_enabled(m, c->agent))
            return refuse(r, index, c, "cannot step here");
        if (r->trace->count == SCHEDULE_CHOICES_MAX)
            return refuse(r, index, c, "takes more steps than an execution has");
        step_once(r, c->agent);
        order = compare_position(m, c->agent, c);
    } while (order < 0);
    m->core_ops->stop_at(m->cpu, c->agent, ~0ull, 0);
    return order == 0 || refuse(r, index, c, "does not stop at that position");
}

static bool run_other(struct replay *r, unsigned index, const struct choice *c)
{
    struct machine *m = r->m;
    if (!agent_enabled(m, c->agent))
        return refuse(r, index, c, "cannot step here");
    if (c->kind == AGENT_MESSAGE && schedule_choice(m, c->agent).icount != c->icount)
        return refuse(r, index, c, "is not in flight; another one is");
    step_once(r, c->agent);
    return true;
}

bool schedule_replay(struct machine *m, const struct schedule *s, struct trace *t, char *error,
                     size_t size)
{
    struct replay r = {m, t, {0}, error, size};
    bool ok = true;
    t->count = 0;
    machine_restore(m);
    for (unsigned i = 0; i < s->count && ok; i++) {
        const struct choice *c = &s->choice[i];
        ok = c->kind == AGENT_CORE ? run_core(&r, i, c) : run_other(&r, i, c);
    }
    contacts_judge(&r.contacts, t);
    if (!ok)
        return false;
    if (!machine_enabled(m))
        check_terminal(m);
    t->finding_count = m->state->finding_count;
    t->dropped = m->state->dropped;
    memcpy(t->finding, m->state->finding, sizeof t->finding);
    return true;
}

void trace_free(struct trace *t)
{
    free(t->step);
    *t = (struct trace){0};
}
