/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an exploration has found: what each execution adds to it, and what it comes to in the end. */
#include "sim/counterexample.h"
#include "sim/explorer.h"

const char *verdict_name(enum verdict v)
{
    static const char *const names[] = {"safe", "violation", "incomplete"};
    return names[v];
}

static void forget_results(struct explore_result *r)
{
    explore_result_free(r);
    *r = (struct explore_result){.steps = r->steps, .restarts = r->restarts};
}

/* What is known from elsewhere counts as seen so often that only better schedules matter. */
void explorer_seed_results(struct explorer *x)
{
    struct explore_result *r = x->result;
    forget_results(r);
    for (; r->finding_count < x->task->known_count; r->finding_count++) {
        const struct counterexample *known = &x->task->known[r->finding_count];
        r->finding[r->finding_count] = (struct counterexample){
            .finding = known->finding, .seen = MINIMISE_FIRST,
            .schedule = schedule_copy(&known->schedule)};
    }
}

static void keep_findings(struct explorer *x, uint32_t times)
{
    struct machine_state *s = x->m->state;
    struct finding found[MACHINE_MAX_FINDINGS];
    uint32_t count = s->finding_count;
    memcpy(found, s->finding, sizeof found); /* recording runs the machine again */
    for (uint32_t i = 0; i < x->dpor.depth; i++) /* a sample has noted its path */
        x->path[i] = x->dpor.node[i].chosen;
    for (uint32_t i = x->known_findings; i < count; i++)
        counterexample_keep(x->m, x->result, &found[i], x->path, x->found_depth[i],
                            x->options->raw, times);
}

void explorer_count(struct explorer *x, enum outcome outcome, uint32_t times)
{
    struct explore_result *r = x->result;
    r->bounds |= x->m->state->bounds;
    r->dropped |= x->m->state->dropped;
    r->blocked += outcome == OUTCOME_BLOCKED || outcome == OUTCOME_WAITING ? times : 0;
    r->waiting += outcome == OUTCOME_WAITING ? times : 0;
    r->cut += outcome == OUTCOME_BOUND ? times : 0;
    r->complete += outcome == OUTCOME_COMPLETE ? times : 0;
    for (uint32_t i = 0; outcome == OUTCOME_COMPLETE && x->options->on_complete && i < times; i++)
        x->options->on_complete(x->options->context, x->m);
    if (x->m->state->finding_count > x->known_findings)
        keep_findings(x, times); /* runs the machine again: last */
}

/* What one execution had no room for, another may have kept. */
static void forget_kept(const struct machine *m, struct explore_result *r)
{
    for (unsigned i = 0; i < r->finding_count; i++) {
        const struct finding *f = &r->finding[i].finding;
        r->dropped &= ~(1ull << finding_bit(m, f->kind, f->name));
    }
}

static bool any_violation(const struct explore_result *r)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        if (r->finding[i].finding.kind != FINDING_LIMIT)
            return true;
    return false;
}

void explore_conclude(const struct machine *m, struct explore_result *r)
{
    forget_kept(m, r);
    r->visible_bytes = m->visibility.frozen;
    r->about_memory = explore_is_about_memory(m);
    r->verdict = any_violation(r) ? VERDICT_VIOLATION : r->bounds ? VERDICT_INCOMPLETE
                                                                  : VERDICT_SAFE;
}

void explore_result_free(struct explore_result *r)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        schedule_free(&r->finding[i].schedule);
    r->finding_count = 0;
}
