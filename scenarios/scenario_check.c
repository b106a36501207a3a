/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a schema cannot say about scenario.yaml: names, numbers, and what the machine has. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/devices.h"
#include "scenarios/features.h"
#include "scenarios/invariants.h"
#include "scenarios/invariants_stated.h"
#include "scenarios/scenario_internal.h"
#include "sim/nearest.h"
#include "sim/check.h"
#include "sim/knob.h"

static bool wrong(const struct check *c, const char *near, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool wrong(const struct check *c, const char *near, const char *format, ...)
{
    char what[450];
    va_list ap;
    va_start(ap, format);
    vsnprintf(what, sizeof what, format, ap);
    va_end(ap);
    snprintf(c->error, SCENARIO_ERROR, "%.150s:%u: %s", c->path,
             scenario_line_from(c->path, c->from, near), what);
    return false;
}

/* Names become parts of paths and of schedule strings. */
static bool plain_name(const char *name)
{
    for (const char *p = name; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("-_.", *p))
            return false;
    return name[0] && name[0] != '.';
}

static bool check_depends(const struct check *c, const struct scenario_expected *e)
{
    for (unsigned i = 0; i < e->depends_count; i++) {
        unsigned k = 0;
        while (k < KNOB_COUNT && strcmp(knob_table[k].name, e->depends[i]))
            k++;
        if (k == KNOB_COUNT)
            return wrong(c, e->depends[i], "unknown knob '%s'; 'irqweave doctor' lists them",
                         e->depends[i]);
    }
    return true;
}

/* Finds the variant in the file for an error message. */
static const char *name_line(const struct scenario_variant *v)
{
    static char text[64];
    snprintf(text, sizeof text, "name: %.40s", v->name);
    return text;
}

/* To look from the variant's list `key` on: a name may stand above it, too. */
static struct check from_list(const struct check *c, const struct scenario_variant *v, const char *key)
{
    struct check from = *c;
    from.from = scenario_line_from(c->path, scenario_line_of(c->path, name_line(v)), key);
    return from;
}

static unsigned most_cores(unsigned devices)
{
    unsigned cores = MACHINE_MAX_CORES;
    while (cores && !machine_slots(cores, devices))
        cores--;
    return cores;
}

static unsigned invariants_of(const struct scenario *s, const struct scenario_variant *v)
{
    return s->invariants_count + v->invariants_count;
}

static unsigned cores_right(const struct scenario *s, const struct scenario_variant *v)
{
    unsigned most = most_cores(scenario_devices(v));
    return invariants_of(s, v) && most > INVARIANT_CORES_MAX ? INVARIANT_CORES_MAX : most;
}

static bool check_agents(const struct check *c, const struct scenario *s, struct scenario_variant *v)
{
    unsigned seen = 0, highest = 0, most = cores_right(s, v);
    char devices[160];
    for (unsigned i = 0; i < v->threads_count; i++) {
        unsigned cpu = v->threads[i].cpu;
        if (cpu >= most)
            return wrong(c, name_line(v), "variant %s: cpu %u; with %u devices%s 0 to %u are right", v->name,
                         cpu, scenario_devices(v), invariants_of(s, v) ? " and invariants" : "", most - 1);
        if (seen >> cpu & 1)
            return wrong(c, name_line(v), "variant %s: two threads on cpu %u; one is right", v->name,
                         cpu);
        seen |= 1u << cpu;
        highest = cpu > highest ? cpu : highest;
    }
    v->cores = v->cores_given ? *v->cores_given : highest + 1;
    if (v->cores > most || v->cores <= highest)
        return wrong(c, name_line(v), "variant %s: %u cores; with %u devices%s %u to %u are right", v->name,
                     v->cores, scenario_devices(v), invariants_of(s, v) ? " and invariants" : "",
                     highest + 1, most);
    if (!devices_check(v, devices, sizeof devices))
        return wrong(c, name_line(v), "variant %s: %s", v->name, devices);
    return true;
}

/* The very name of this list, not one like it. */
static bool is_one_of(const char *name, char **list, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (list[i] == name)
            return true;
    return false;
}

static bool check_features(const struct check *c, const struct scenario *s,
                           const struct scenario_variant *v)
{
    char what[FEATURE_ERROR];
    const char *name = features_check(s, v, what, sizeof what);
    struct check from = *c;
    if (!name)
        return true;
    if (is_one_of(name, v->machine.without, v->machine.without_count))
        from = from_list(c, v, "without:");
    else if (is_one_of(name, v->needs, v->needs_count))
        from = from_list(c, v, "needs:");
    else if (is_one_of(name, s->needs, s->needs_count))
        from.from = scenario_line_of(c->path, "needs:");
    else
        from = from_list(c, v, name == v->machine.vendor || name == v->machine.processor ||
                                       is_one_of(name, v->machine.errata, v->machine.errata_count)
                                   ? "machine:"
                                   : "devices:");
    return wrong(&from, name, "variant %s %s", v->name, what);
}

/* What is found has the name of a check or, without one, that of its kind. */
static bool rule_named(const struct scenario_rule *rules, unsigned count, const char *name)
{
    for (unsigned i = 0; i < count; i++)
        if (rules[i].holds && !strcmp(rules[i].name, name))
            return true;
    return false;
}

static bool finding_known(const struct scenario *s, const char *name)
{
    for (enum finding_kind kind = FINDING_DEADLOCK; kind <= FINDING_LIMIT; kind++)
        if (!strcmp(name, finding_kind_name(kind)))
            return true;
    return invariant_known(name) || obligation_known(name) || rule_named(s->invariants, s->invariants_count, name) ||
           rule_named(s->obligations, s->obligations_count, name);
}

/* The expression of the scenario's own whose name is nearest to an unknown finding; NULL: none is near. */
static const char *nearest_rule(const struct scenario *s, const char *name)
{
    const char *names[2 * MACHINE_MAX_INVARIANTS];
    unsigned count = 0;
    for (unsigned i = 0; i < s->invariants_count; i++)
        if (s->invariants[i].holds)
            names[count++] = s->invariants[i].name;
    for (unsigned i = 0; i < s->obligations_count; i++)
        if (s->obligations[i].holds)
            names[count++] = s->obligations[i].name;
    return nearest_name(name, names, count);
}

static bool check_findings(const struct check *c, const struct scenario *s, const struct scenario_variant *v)
{
    for (unsigned i = 0; i < v->expected.findings_count; i++) {
        const char *name = v->expected.findings[i];
        struct check from = from_list(c, v, "findings:");
        char kinds[160] = "";
        if (finding_known(s, name))
            continue;
        const char *near = nearest_rule(s, name);
        if (near)
            return wrong(&from, name, "unknown finding '%s': did you mean '%s'?", name, near);
        for (enum finding_kind kind = FINDING_DEADLOCK; kind <= FINDING_LIMIT; kind++)
            snprintf(kinds + strlen(kinds), sizeof kinds - strlen(kinds), ", %s", finding_kind_name(kind));
        return wrong(&from, name, "unknown finding '%s'; known are %s, %s%s", name, invariant_names(),
                     obligation_names(), kinds);
    }
    return true;
}

/* A sample proves nothing, and an exploration everything. */
static bool check_expected(const struct check *c, const struct scenario_variant *v)
{
    const struct scenario_expected *e = &v->expected;
    enum verdict never = v->sample ? VERDICT_SAFE : VERDICT_INCOMPLETE;
    struct check from = from_list(c, v, "expected:");
    if (e->tso != never && e->sc != never)
        return true;
    return wrong(&from, "expected:", "'%s' is no verdict of a variant %s 'sample'; '%s' or 'violation' is right",
                 verdict_name(never), v->sample ? "with" : "without",
                 verdict_name(v->sample ? VERDICT_INCOMPLETE : VERDICT_SAFE));
}

static bool check_invariants(const struct check *c, char **names, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (!invariant_known(names[i]))
            return wrong(c, names[i], "unknown invariant '%s'; known are %s", names[i], invariant_names());
    return true;
}

/* Those of the variant alone, and no more than a machine takes. */
static bool check_own_invariants(const struct check *c, const struct scenario *s, const struct scenario_variant *v)
{
    struct check from = from_list(c, v, "invariants:");
    if (invariants_of(s, v) > MACHINE_MAX_INVARIANTS)
        return wrong(&from, "invariants:", "variant %s: %u invariants with those of the scenario; at most %u are right",
                     v->name, invariants_of(s, v), MACHINE_MAX_INVARIANTS);
    return check_invariants(&from, v->invariants, v->invariants_count);
}

static bool check_variant(const struct check *c, const struct scenario *s, struct scenario_variant *v)
{
    if (!plain_name(v->name))
        return wrong(c, v->name, "variant name '%s': only letters, digits, - _ .", v->name);
    if (!plain_name(v->image))
        return wrong(c, v->image, "image name '%s': only letters, digits, - _ .", v->image);
    return check_agents(c, s, v) && check_features(c, s, v) && check_own_invariants(c, s, v) && check_findings(c, s, v) &&
           check_expected(c, v) && check_depends(c, &v->expected);
}

static bool check_rule(const struct check *c, const struct scenario_rule *r, const char *kind, bool (*known)(const char *),
                       const char *names)
{
    char what[SCENARIO_ERROR], list[24];
    struct check from = *c;
    snprintf(list, sizeof list, "%ss:", kind);
    from.from = scenario_line_of(c->path, list);
    c = &from;
    if (!r->holds && r->at_count)
        return wrong(c, r->name, "%s %s: 'at' is for what has 'holds' as well", kind, r->name);
    if (!r->holds)
        return known(r->name) || wrong(c, r->name, "unknown %s '%s'; known are %s; or {name: NAME, holds: EXPRESSION}", kind,
                                       r->name, names);
    if (!plain_name(r->name))
        return wrong(c, r->name, "%s name '%s': only letters, digits, - _ .", kind, r->name);
    if (invariant_known(r->name) || obligation_known(r->name))
        return wrong(c, r->name, "%s '%s' has the name of one of the library; another name is right", kind, r->name);
    return stated_check(r, !strcmp(kind, "invariant"), what) || wrong(c, r->name, "%s %s: %s", kind, r->name, what);
}

/* Findings go by these names. */
static bool check_twice(const struct check *c, const struct scenario *s, unsigned index, bool invariant)
{
    const char *name = invariant ? s->invariants[index].name : s->obligations[index].name;
    bool twice = !invariant && rule_named(s->invariants, s->invariants_count, name);
    for (unsigned i = 0; i < index; i++)
        twice |= !strcmp(name, invariant ? s->invariants[i].name : s->obligations[i].name);
    return !twice || wrong(c, name, "two rules are called '%s'", name);
}

static bool check_names(const struct check *c, const struct scenario *s)
{
    for (unsigned i = 0; i < s->invariants_count; i++)
        if (!check_rule(c, &s->invariants[i], "invariant", invariant_known, invariant_names()) || !check_twice(c, s, i, true))
            return false;
    for (unsigned i = 0; i < s->obligations_count; i++)
        if (!check_rule(c, &s->obligations[i], "obligation", obligation_known, obligation_names()) ||
            !check_twice(c, s, i, false))
            return false;
    return true;
}

static bool check_bits(const struct check *c, const struct scenario_state *d)
{
    for (unsigned i = 0; i < d->bits_count; i++) {
        const char *name;
        if (scenario_bit(d, i, &name) > 63 || !name[0])
            return wrong(c, d->bits[i], "state %s: bit '%s'; a name, or N:NAME with N from 0 to 63, is right", d->name,
                         d->bits[i]);
    }
    return true;
}

bool check_scenario(const struct check *c, struct scenario *s)
{
    if (!plain_name(s->name))
        return wrong(c, s->name, "scenario name '%s': only letters, digits, - _ .", s->name);
    if (!check_names(c, s))
        return false;
    for (unsigned i = 0; i < s->states_count; i++)
        if (!check_bits(c, &s->states[i]))
            return false;
    for (unsigned i = 0; i < s->variants_count; i++) {
        if (!check_variant(c, s, &s->variants[i]))
            return false;
        for (unsigned k = 0; k < i; k++)
            if (!strcasecmp(s->variants[i].name, s->variants[k].name))
                return wrong(c, name_line(&s->variants[i]), "two variants are called '%s'",
                             s->variants[i].name);
    }
    return true;
}
