/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Invariants and obligations by expression. An invariant of every step is evaluated after each step that can change a value
 * that it reads: of memory, of what is pending, in service and in flight, of VMX or SVM mode, by their resources
 * and of regions (sim/footprint.h); whether a core is halted has none, there each step of that core counts. All those steps conflict. One
 * with `at` is evaluated in the steps that carry the event, whose footprint then holds all that it reads.
 */
#include "scenarios/invariants_stated.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kvm/runtime/marker.h"
#include "scenarios/expression.h"
#include "scenarios/invariants_internal.h"
#include "scenarios/scenario_internal.h"
#include "scenarios/states.h"
#include "sim/nearest.h"

static_assert(4 * STATED_CORES_MAX + 9 + 16 + STATED_LOOKS_MAX <= FOOTPRINT_MAX, "looks must fit a footprint");
static_assert(6 * STATED_CORES_MAX + 13 + 20 + STATED_LOOKS_MAX <= FOOTPRINT_MAX, "looks must fit a footprint");
static_assert((2 + 3 + 1) * AVIC_CORES_MAX + 3 * AVIC_CORES_MAX + 6 + 20 + STATED_LOOKS_MAX <= FOOTPRINT_MAX,
              "looks must fit a footprint");
static_assert((2 + 3 + 1) * AVIC_IRTE_CORES_MAX + 3 * AVIC_IRTE_CORES_MAX + 2 * AVIC_IRTE_ENTRIES_MAX +
              2 * AVIC_IRTE_CORES_MAX + 6 + 20 + STATED_LOOKS_MAX <= FOOTPRINT_MAX, "looks must fit a footprint");

struct stated {
    const struct session *s;
    const struct scenario_rule *rule;
    struct expression expression;
};

/* ---- Events ---- */

static const struct {
    const char *name;
    uint32_t mask;
} events[] = {
    {"vm-entry", EVENT_VM_ENTRY | EVENT_VMRUN},
    {"leave-post", LEAVES(REGION_POST)},
    {"leave-notify", LEAVES(REGION_NOTIFY)},
    {"leave-sync", LEAVES(REGION_SYNC)},
    {"leave-kick", LEAVES(REGION_KICK)},
    {"leave-block", LEAVES(REGION_BLOCK)},
    {"leave-wake", LEAVES(REGION_WAKE)},
    {"leave-ir", LEAVES(REGION_IR)},
};

uint32_t stated_event(const char *name)
{
    for (unsigned i = 0; i < sizeof events / sizeof *events; i++)
        if (!strcmp(events[i].name, name))
            return events[i].mask;
    return 0;
}

const char *stated_event_names(void)
{
    return "vm-entry, leave-post, leave-notify, leave-sync, leave-kick, leave-block, leave-wake, leave-ir";
}

/* ---- Without an image ---- */

bool stated_check(const struct scenario_rule *r, bool of_invariants, char *error)
{
    struct expression e;
    char why[SCENARIO_ERROR];
    if (strlen(r->name) > SCENARIO_RULE_NAME) {
        snprintf(error, SCENARIO_ERROR, "its name has more than %d characters", SCENARIO_RULE_NAME);
        return false;
    }
    for (unsigned i = 0; i < r->at_count; i++) {
        if (of_invariants && stated_event(r->at[i]))
            continue;
        snprintf(error, SCENARIO_ERROR, of_invariants ? "no event '%.40s'; there are %s"
                                                      : "'at: %.40s' is for invariants; an obligation is due when everything is at rest",
                 r->at[i], stated_event_names());
        return false;
    }
    if (expression_parse(&e, r->holds, why))
        return true;
    snprintf(error, SCENARIO_ERROR, "%.400s", why);
    return false;
}

/* ---- What it reads ---- */

static bool too_many(char *error)
{
    snprintf(error, SCENARIO_ERROR, "it reads more than %d places: two invariants with a part each are right, or less in one",
             INVARIANT_MAX_READS);
    return false;
}

static bool add_resource(struct invariant *inv, uint64_t resource)
{
    for (unsigned i = 0; i < inv->resource_count; i++)
        if (inv->resources[i] == resource)
            return true;
    if (inv->resource_count == INVARIANT_MAX_READS)
        return false;
    inv->resources[inv->resource_count++] = resource;
    return true;
}

static bool add_range(struct invariant *inv, uint64_t address, uint64_t size)
{
    for (unsigned i = 0; i < inv->range_count; i++)
        if (inv->ranges[i].address == address && inv->ranges[i].size >= size)
            return true;
    if (inv->range_count == INVARIANT_MAX_READS)
        return false;
    inv->ranges[inv->range_count++] = (struct visible_range){address, size};
    return true;
}

static bool add_core(struct invariant *inv, const struct expression_node *n)
{
    switch ((enum core_question)n->question) {
    case CORE_PENDING:
    case CORE_IN_SERVICE:
        return add_resource(inv, resource_make(RES_INTR, n->core));
    case CORE_IN_FLIGHT:
        return add_resource(inv, resource_make(RES_INBOUND, n->core));
    case CORE_IN_GUEST:
        return add_resource(inv, core_control(n->core, UNIT_VIRT));
    case CORE_HALTED:
        inv->steps_of |= 1ull << n->core; /* a core's agent has its number */
        return true;
    case CORE_IN_REGION:
        return add_resource(inv, region_resource(n->core, (unsigned)n->number));
    }
    return false;
}

static bool find_reads(struct invariant *inv, const struct stated *st, char *error)
{
    for (unsigned i = 0; i < st->expression.count; i++) {
        const struct expression_node *n = &st->expression.node[i];
        bool room = true;
        if (n->kind == EXPR_MEMORY)
            room = add_range(inv, n->address, n->size);
        else if (n->kind == EXPR_CORE)
            room = add_core(inv, n);
        if (!room)
            return too_many(error);
    }
    if (inv->range_count || inv->resource_count || inv->steps_of)
        return true;
    snprintf(error, SCENARIO_ERROR, "it reads nothing: a name of a state or of a core is right");
    return false;
}

/* Of a step that carries its event. */
static void touch_reads(const struct invariant *inv, struct footprint *fp)
{
    for (unsigned i = 0; i < inv->range_count; i++)
        read_memory(fp, inv->ranges[i].address, (unsigned)inv->ranges[i].size);
    for (unsigned i = 0; i < inv->resource_count; i++)
        read_resource(fp, inv->resources[i]);
}

static void say(const struct stated *st, const char *format, char *message, size_t size)
{
    char values[150];
    expression_values(&st->expression, st->s, values, sizeof values);
    snprintf(message, size, format, values);
}

static const struct invariant *invariant_of(const struct machine *m, const struct stated *st)
{
    for (unsigned i = 0; i < m->invariant_count; i++)
        if (m->invariant[i].context == st)
            return &m->invariant[i];
    return NULL;
}

/* As for the library's invariants that ask what is pending (sim/check.c): each boundary of these cores matters. */
static void observe(struct machine *m, const struct expression *e)
{
    for (unsigned i = 0; i < e->count; i++)
        if (e->node[i].kind == EXPR_CORE && e->node[i].question != CORE_IN_GUEST && e->node[i].question != CORE_IN_REGION)
            machine_observe(m, e->node[i].core);
}

static bool stated_holds(void *context, struct machine *m, struct footprint *fp, char *message, size_t size)
{
    const struct stated *st = context;
    const struct invariant *inv = invariant_of(m, st);
    observe(m, &st->expression);
    if (!inv->every_step)
        touch_reads(inv, fp);
    if (expression_true(&st->expression, st->s))
        return true;
    say(st, "false with %s", message, size);
    return false;
}

static bool stated_met(void *context, struct machine *m, char *message, size_t size)
{
    const struct stated *st = context;
    (void)m;
    if (expression_true(&st->expression, st->s))
        return true;
    say(st, "at rest, false with %s", message, size);
    return false;
}

/* ---- Adding ---- */

static bool wrong(const struct session *s, const struct scenario_rule *r, const char *kind, const char *what, char *error)
{
    const char *path = s->scenario->path;
    char text[420], list[24];
    snprintf(text, sizeof text, "%s", what);
    snprintf(list, sizeof list, "%ss:", kind);
    snprintf(error, SCENARIO_ERROR, "%.150s:%u: %s %s: %s", path,
             scenario_line_from(path, scenario_line_of(path, list), r->name), kind, r->name, text);
    return false;
}

static struct stated *stated_new(struct session *s, const struct scenario_rule *r, const char *kind, char *error)
{
    struct stated *st = calloc(1, sizeof *st);
    char what[SCENARIO_ERROR] = "";
    assert(st);
    assert(s->stated_count < 2 * MACHINE_MAX_INVARIANTS);
    s->stated[s->stated_count++] = st;
    st->s = s;
    st->rule = r;
    if (expression_parse(&st->expression, r->holds, what) && expression_resolve(&st->expression, s, what))
        return st;
    wrong(s, r, kind, what, error);
    return NULL;
}

bool stated_invariant_add(struct session *s, const struct scenario_rule *r, char *error)
{
    struct stated *st = stated_new(s, r, "invariant", error);
    char what[SCENARIO_ERROR];
    if (!st)
        return false;
    struct invariant inv = {.name = r->name, .context = st, .every_step = !r->at_count, .holds = stated_holds};
    for (unsigned i = 0; i < r->at_count; i++)
        inv.events |= stated_event(r->at[i]);
    if (!find_reads(&inv, st, what))
        return wrong(s, r, "invariant", what, error);
    if (inv.steps_of && !inv.every_step)
        return wrong(s, r, "invariant", "'halted' can only be asked at every step, without 'at'", error);
    for (unsigned i = 0; i < inv.resource_count; i++)
        if (resource_kind(inv.resources[i]) == RES_REGION)
            s->m->region_watch |= INSIDE(resource_id(inv.resources[i]) & 0xff);
    machine_add_invariant(s->m, &inv);
    return true;
}

bool stated_obligation_add(struct session *s, const struct scenario_rule *r, char *error)
{
    struct stated *st = stated_new(s, r, "obligation", error);
    if (!st)
        return false;
    struct obligation o = {r->name, st, stated_met};
    machine_add_obligation(s->m, &o);
    return true;
}

/* What it adds to a footprint at most. */
static unsigned looks_of(const struct invariant *inv)
{
    return inv->every_step ? 1 : 2 * inv->range_count + inv->resource_count;
}

static bool is_stated(const struct invariant *inv)
{
    return inv->holds == stated_holds;
}

bool stated_ready(struct session *s, char *error)
{
    unsigned looks = 0, named = 0, most;
    char message[300];
    for (unsigned i = 0; i < s->m->invariant_count; i++) {
        const struct invariant *inv = &s->m->invariant[i];
        named += !is_stated(inv);
        looks += is_stated(inv) ? looks_of(inv) : 0;
    }
    most = !named ? STATED_ALONE_MAX : s->m->cores <= STATED_CORES_MAX ? STATED_LOOKS_MAX : 0;
    if (looks > most) {
        snprintf(error, SCENARIO_ERROR, "%.150s:%u: the expressions among the invariants need %u looks (one each, but with 'at' one "
                 "for each thing that it reads, two for memory); with %u of the library's%s at most %u are right", s->scenario->path,
                 scenario_line_of(s->scenario->path, "invariants:"), looks, named,
                 s->m->cores > STATED_CORES_MAX ? " and more than 4 cores" : "", most);
        return false;
    }
    for (unsigned i = 0; i < s->m->invariant_count; i++) {
        const struct stated *st = s->m->invariant[i].context;
        if (!is_stated(&s->m->invariant[i]) || !s->m->invariant[i].every_step || expression_true(&st->expression, s))
            continue;
        say(st, "it is false before anything runs, with %s; what holds from the start is right, or 'at'", message, sizeof message);
        return wrong(s, st->rule, "invariant", message, error);
    }
    return true;
}

void stated_show(struct session *s)
{
    for (unsigned i = 0; i < s->m->invariant_count; i++) {
        const struct invariant *inv = &s->m->invariant[i];
        if (!is_stated(inv))
            continue;
        for (unsigned r = 0; r < inv->range_count; r++)
            visible_add(&s->m->visibility, inv->ranges[r].address, inv->ranges[r].size);
    }
}

void stated_free(struct session *s)
{
    for (unsigned i = 0; i < s->stated_count; i++)
        free(s->stated[i]);
}
