/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/expectations.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/session.h"
#include "sim/check.h"
#include "tests/support/effort.h"

static char text[SCENARIO_ERROR + 200];

static bool found(const struct explore_result *r, const char *name)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        if (!strcmp(finding_title(&r->finding[i].finding), name))
            return true;
    return false;
}

static bool judge(const struct explore_result *r, const struct scenario_expected *expected,
                  enum verdict want, const char *model)
{
    if (r->verdict != want || r->bounds) {
        const char *why = r->finding_count ? r->finding[0].finding.message : "";
        snprintf(text, sizeof text, "under %s: %s, bounds %#x; expected %s. %s", model,
                 verdict_name(r->verdict), r->bounds, verdict_name(want), why);
        return false;
    }
    for (unsigned i = 0; want == VERDICT_VIOLATION && i < expected->findings_count; i++) {
        if (found(r, expected->findings[i]))
            continue;
        snprintf(text, sizeof text, "under %s: %s is not found", model, expected->findings[i]);
        return false;
    }
    return true;
}

static bool explore_under(struct session *s, enum memory_model model)
{
    const struct scenario_expected *expected = &s->variant->expected;
    struct explore_options o = {.algorithm = ALGORITHM_OPTIMAL};
    struct explore_result r;
    bool tso = model == MEMORY_TSO;
    session_configure(s, model, NULL);
    session_explore(s, &o, &r);
    bool good = judge(&r, expected, tso ? expected->tso : expected->sc, tso ? "TSO" : "SC");
    explore_result_free(&r);
    return good;
}

/* NULL if all is as expected; otherwise what is not, in a buffer that the next call reuses. */
static const char *failure(const char *scenario, const char *variant)
{
    struct scenario *sc = scenario_load(IRQWEAVE_IMAGES_DIR, scenario, text);
    const struct scenario_variant *v = sc ? scenario_variant(sc, variant, text) : NULL;
    struct session *s = v ? session_open(sc, v, text) : NULL;
    if (!s)
        return text;
    bool good = explore_under(s, MEMORY_TSO) && explore_under(s, MEMORY_SC);
    session_close(s);
    return good ? NULL : text;
}

void expect_variant(const char *scenario, const char *variant)
{
    const char *why = failure(scenario, variant);
    cr_assert(!why, "%s:%s: %s", scenario, variant, why);
}

void expect_large_variant(const char *scenario, const char *variant)
{
    skip_large(variant);
    expect_variant(scenario, variant);
}
