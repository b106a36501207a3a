/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/expectations.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/session.h"
#include "tests/support/effort.h"

static char text[SCENARIO_ERROR + 200];

static bool has_expected(const struct explore_result *r, const struct session *s, const char *model)
{
    const struct scenario_expected *expected = &s->variant->expected;
    for (unsigned i = 0; i < expected->findings_count; i++) {
        if (explore_found(r, s->m, expected->findings[i]))
            continue;
        snprintf(text, sizeof text, "under %s: %s is not found", model, expected->findings[i]);
        return false;
    }
    return true;
}

static bool judge(const struct explore_result *r, const struct session *s, enum verdict want, const char *model)
{
    if (r->verdict != want || (r->bounds && want != VERDICT_VIOLATION)) {
        const char *why = r->finding_count ? r->finding[0].finding.message : "";
        snprintf(text, sizeof text, "under %s: %s, bounds %#x; expected %s. %s", model,
                 verdict_name(r->verdict), r->bounds, verdict_name(want), why);
        return false;
    }
    return want != VERDICT_VIOLATION || has_expected(r, s, model);
}

/* It ends when all that is expected has been found: with it the verdict is known. */
static bool explore_under(struct session *s, enum memory_model model)
{
    const struct scenario_expected *expected = &s->variant->expected;
    struct explore_options o = {.algorithm = ALGORITHM_OPTIMAL, .stop_at_first = true, .raw = true,
                                .wanted = expected->findings, .wanted_count = expected->findings_count};
    struct explore_result r;
    bool tso = model == MEMORY_TSO;
    session_configure(s, model, NULL);
    session_explore(s, &o, &r);
    bool good = judge(&r, s, tso ? expected->tso : expected->sc, tso ? "TSO" : "SC");
    explore_result_free(&r);
    return good;
}

/* NULL if all is as expected; otherwise what is not, in a buffer that the next call reuses. */
static const char *failure(const char *scenario, const char *variant, bool tso, bool sc)
{
    struct scenario *loaded = scenario_load(IRQWEAVE_IMAGES_DIR, scenario, text);
    const struct scenario_variant *v = loaded ? scenario_variant(loaded, variant, text) : NULL;
    struct session *s = v ? session_open(loaded, v, text) : NULL;
    if (!s)
        return text;
    bool enough = tso && UNDER_SANITIZER; /* the same code runs under SC */
    bool good = (!tso || explore_under(s, MEMORY_TSO)) && (!sc || enough || explore_under(s, MEMORY_SC));
    session_close(s);
    return good ? NULL : text;
}

static void expect(const char *scenario, const char *variant, bool tso, bool sc)
{
    const char *why = failure(scenario, variant, tso, sc);
    cr_assert(!why, "%s:%s: %s", scenario, variant, why);
}

void expect_variant(const char *scenario, const char *variant)
{
    expect(scenario, variant, true, true);
}

void expect_large_variant(const char *scenario, const char *variant)
{
    skip_large(variant);
    expect_variant(scenario, variant);
}

void expect_large_variant_under(enum memory_model model, const char *scenario, const char *variant)
{
    skip_large(variant);
    expect(scenario, variant, model == MEMORY_TSO, model == MEMORY_SC);
}
