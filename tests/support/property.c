/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/property.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sim/seconds.h"
#include "tests/support/effort.h"

static struct outcome want, got;
static char report[6000];

/* How often what was found by the references. */
struct tally {
    unsigned drawn, compared[PROPERTY_MAX_REFERENCES], broken;
    uint64_t complete, blocked; /* of the first of the others */
};

/* The number of the reference that came to an end; PROPERTY_MAX_REFERENCES: none. */
static unsigned explore_reference(const struct property *p, const struct spec *s)
{
    differ_load(s);
    for (unsigned i = 0; i < PROPERTY_MAX_REFERENCES && p->reference[i].limit; i++) {
        differ_explore(&p->reference[i], &want);
        if (!want.incomplete)
            return i;
    }
    return PROPERTY_MAX_REFERENCES;
}

static bool other_differs(const struct exploration *e)
{
    differ_explore(e, &got);
    return got.incomplete || !differ_equal(&want, &got, ~0ull);
}

struct shrinking {
    const struct property *p;
    const struct exploration *e;
};

static bool still_differs(const struct spec *s, void *context)
{
    const struct shrinking *k = context;
    return explore_reference(k->p, s) < PROPERTY_MAX_REFERENCES && other_differs(k->e);
}

static void describe(const struct property *p, struct spec *s, const struct exploration *e)
{
    static char text[4000];
    struct shrinking k = {p, e};
    differ_shrink(s, still_differs, &k);
    still_differs(s, &k);
    spec_print(s, text, sizeof text);
    snprintf(report, sizeof report,
             "%s, %s, tasks of %u: %u states and findings %llx, not %u and %llx%s: %s", p->name,
             e->name, (unsigned)e->budget, got.count, (unsigned long long)got.findings, want.count,
             (unsigned long long)want.findings, got.incomplete ? " (incomplete)" : "", text);
}

static const char *compare(const struct property *p, struct spec *s, struct tally *t)
{
    unsigned reference = explore_reference(p, s);
    t->drawn++;
    if (reference == PROPERTY_MAX_REFERENCES)
        return NULL;
    t->compared[reference]++;
    t->broken += want.findings != 0;
    for (unsigned i = 0; i < p->others; i++) {
        bool differs = other_differs(&p->other[i]);
        t->complete += i ? 0 : got.result.complete;
        t->blocked += i ? 0 : got.result.blocked;
        if (!differs)
            continue;
        describe(p, s, &p->other[i]);
        return report;
    }
    return NULL;
}

const char *property_fails(const struct property *p, struct spec *s,
                           unsigned compared[PROPERTY_MAX_REFERENCES])
{
    struct tally t = {0};
    const char *fails = compare(p, s, &t);
    memcpy(compared, t.compared, sizeof t.compared);
    return fails;
}

static unsigned compared(const struct tally *t)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < PROPERTY_MAX_REFERENCES; i++)
        sum += t->compared[i];
    return sum;
}

/* Until so many have been compared, and the time has come. */
static const char *check_seed(const struct property *p, uint64_t seed, unsigned programs, double end,
                              struct tally *t)
{
    struct random r = {seed};
    unsigned until = compared(t) + programs;
    while (compared(t) < until || seconds_now() < end) {
        struct spec s;
        p->draw(&r, p->context, &s);
        const char *fails = compare(p, &s, t);
        if (fails)
            return fails;
        if (t->drawn < 100 || compared(t) > t->drawn / 4)
            continue;
        snprintf(report, sizeof report, "%s: %u of %u programs are small enough", p->name,
                 compared(t), t->drawn);
        return report;
    }
    return NULL;
}

const char *property_check(const struct property *p, unsigned seeds, unsigned programs)
{
    struct tally t = {0};
    const char *fails = NULL;
    double more = differ_long_run();
    for (uint64_t seed = 1; seed <= seeds && !fails; seed++)
        fails = check_seed(p, seed, effort(programs), 0, &t);
    if (!fails && more > 0)
        fails = check_seed(p, (uint64_t)time(NULL), 0, seconds_now() + more, &t);
    if (more > 0 || getenv("VERBOSE"))
        fprintf(stderr, "%s: %u of %u programs (%u with the second reference), %u break something; %s: "
                "%llu complete, %llu blocked\n", p->name, compared(&t), t.drawn, t.compared[1],
                t.broken, p->other[0].name, (unsigned long long)t.complete,
                (unsigned long long)t.blocked);
    return fails;
}
