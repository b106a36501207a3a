/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a schema cannot say about scenario.yaml: names, numbers, and what the machine has. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/devices.h"
#include "scenarios/features.h"
#include "scenarios/invariants.h"
#include "scenarios/scenario_internal.h"
#include "sim/knob.h"

static bool wrong(const struct check *c, const char *near, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool wrong(const struct check *c, const char *near, const char *format, ...)
{
    char what[360];
    va_list ap;
    va_start(ap, format);
    vsnprintf(what, sizeof what, format, ap);
    va_end(ap);
    snprintf(c->error, SCENARIO_ERROR, "%.150s:%u: %s", c->path, scenario_line_of(c->path, near), what);
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

static unsigned most_cores(unsigned devices)
{
    unsigned cores = MACHINE_MAX_CORES;
    while (cores && !machine_slots(cores, devices))
        cores--;
    return cores;
}

static bool check_agents(const struct check *c, struct scenario_variant *v)
{
    unsigned seen = 0, highest = 0;
    char devices[160];
    for (unsigned i = 0; i < v->threads_count; i++) {
        unsigned cpu = v->threads[i].cpu;
        if (cpu >= MACHINE_MAX_CORES)
            return wrong(c, name_line(v), "variant %s: cpu %u; there are 0 to %d", v->name, cpu,
                         MACHINE_MAX_CORES - 1);
        if (seen >> cpu & 1)
            return wrong(c, name_line(v), "variant %s: two threads on cpu %u; one is right", v->name,
                         cpu);
        seen |= 1u << cpu;
        highest = cpu > highest ? cpu : highest;
    }
    if (!v->cores)
        v->cores = highest + 1;
    if (v->cores > MACHINE_MAX_CORES || v->cores <= highest)
        return wrong(c, name_line(v), "variant %s: %u cores; %u to %d are right", v->name, v->cores,
                     highest + 1, MACHINE_MAX_CORES);
    if (!devices_check(v, devices, sizeof devices))
        return wrong(c, name_line(v), "variant %s: %s", v->name, devices);
    if (!machine_slots(v->cores, scenario_devices(v)))
        return wrong(c, name_line(v), "variant %s: %u cores and %u devices leave no room for "
                     "interrupt messages; with so many devices %u cores are right", v->name,
                     v->cores, scenario_devices(v), most_cores(scenario_devices(v)));
    return true;
}

static bool check_features(const struct check *c, const struct scenario *s,
                           const struct scenario_variant *v)
{
    char what[FEATURE_ERROR];
    const char *name = features_check(s, v, what, sizeof what);
    return !name || wrong(c, name, "variant %s %s", v->name, what);
}

static bool check_variant(const struct check *c, const struct scenario *s, struct scenario_variant *v)
{
    if (!plain_name(v->name))
        return wrong(c, v->name, "variant name '%s': only letters, digits, - _ .", v->name);
    if (!plain_name(v->image))
        return wrong(c, v->image, "image name '%s': only letters, digits, - _ .", v->image);
    if (!check_agents(c, v))
        return false;
    if (s->invariants_count && v->cores > INVARIANT_CORES_MAX)
        return wrong(c, name_line(v), "variant %s: %u cores; with invariants at most %d are right",
                     v->name, v->cores, INVARIANT_CORES_MAX);
    return check_features(c, s, v) && check_depends(c, &v->expected);
}

static bool check_names(const struct check *c, const struct scenario *s)
{
    for (unsigned i = 0; i < s->invariants_count; i++)
        if (!invariant_known(s->invariants[i]))
            return wrong(c, s->invariants[i], "unknown invariant '%s'; known are %s",
                         s->invariants[i], invariant_names());
    for (unsigned i = 0; i < s->obligations_count; i++)
        if (!obligation_known(s->obligations[i]))
            return wrong(c, s->obligations[i], "unknown obligation '%s'; known are %s",
                         s->obligations[i], obligation_names());
    return true;
}

bool check_scenario(const struct check *c, struct scenario *s)
{
    if (!plain_name(s->name))
        return wrong(c, s->name, "scenario name '%s': only letters, digits, - _ .", s->name);
    if (!check_names(c, s))
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
