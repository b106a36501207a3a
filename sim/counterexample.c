/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/counterexample.h"

#include "sim/minimise.h"

static bool same_finding(const struct finding *a, const struct finding *b)
{
    return a->kind == b->kind && !strcmp(a->name, b->name);
}

/* Runs the first `length` steps of the execution once more to learn the position of each. */
static void record_schedule(struct machine *m, const uint8_t *path, uint32_t length,
                            struct schedule *s)
{
    machine_restore(m);
    schedule_clear(s);
    for (uint32_t d = 0; d < length; d++) {
        agent_id a = path[d];
        struct choice c = schedule_choice(m, a);
        agent_step(m, a);
        if (c.kind == AGENT_CORE)
            c = schedule_choice(m, a);
        schedule_add(s, c);
    }
}

static unsigned count_switches(const uint8_t *path, uint32_t length)
{
    unsigned switches = 0;
    for (uint32_t i = 1; i < length; i++)
        switches += path[i] != path[i - 1];
    return switches;
}

static struct counterexample *find_counterexample(struct explore_result *r,
                                                  const struct finding *f)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        if (same_finding(&r->finding[i].finding, f))
            return &r->finding[i];
    if (r->finding_count == EXPLORE_MAX_FINDINGS)
        return NULL;
    return &r->finding[r->finding_count++];
}

static bool is_better(const struct schedule *a, const struct schedule *b)
{
    unsigned x = schedule_switches(a), y = schedule_switches(b);
    return x < y || (x == y && a->count < b->count);
}

/* Minimising every execution with this finding would cost more than exploring: the first few, and
 * those that are better as they stand, are enough in practice. */
void counterexample_keep(struct machine *m, struct explore_result *r, const struct finding *f,
                         const uint8_t *path, uint32_t length, bool raw, uint32_t times)
{
    struct counterexample *c = find_counterexample(r, f);
    struct schedule candidate = {0};
    if (!c) {
        r->dropped |= 1ull << finding_bit(m, f->kind, f->name);
        return;
    }
    bool first = !c->seen;
    c->seen += times;
    if (c->seen > MINIMISE_FIRST && count_switches(path, length) >= schedule_switches(&c->schedule))
        return;
    record_schedule(m, path, length, &candidate);
    if (!raw && length)
        minimise(m, f, &candidate);
    if (!first && !is_better(&candidate, &c->schedule)) {
        schedule_free(&candidate);
        return;
    }
    schedule_free(&c->schedule);
    c->schedule = candidate;
    c->finding = *f;
}

void counterexample_merge(const struct machine *m, struct explore_result *r,
                          struct counterexample *from)
{
    struct counterexample *c = find_counterexample(r, &from->finding);
    if (!c) {
        r->dropped |= 1ull << finding_bit(m, from->finding.kind, from->finding.name);
        schedule_free(&from->schedule);
        return;
    }
    if (!c->seen || is_better(&from->schedule, &c->schedule)) {
        schedule_free(&c->schedule);
        c->schedule = from->schedule;
        c->finding = from->finding;
    } else {
        schedule_free(&from->schedule);
    }
    c->seen += from->seen;
    from->schedule = (struct schedule){0};
}
