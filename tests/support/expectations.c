/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/expectations.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/check.h"

static char text[SCENARIO_ERROR + 200];

static bool found(const struct explore_result *r, const char *name)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        if (!strcmp(finding_title(&r->finding[i].finding), name))
            return true;
    return false;
}

static bool has_expected(const struct explore_result *r, const struct scenario_expected *expected,
                         const char *model)
{
    for (unsigned i = 0; i < expected->findings_count; i++) {
        if (found(r, expected->findings[i]))
            continue;
        snprintf(text, sizeof text, "under %s: %s is not found", model, expected->findings[i]);
        return false;
    }
    return true;
}

static bool judge(const struct explore_result *r, const struct scenario_expected *expected,
                  enum verdict want, const char *model)
{
    if (r->verdict != want || (r->bounds && want != VERDICT_VIOLATION)) {
        const char *why = r->finding_count ? r->finding[0].finding.message : "";
        snprintf(text, sizeof text, "under %s: %s, bounds %#x; expected %s. %s", model,
                 verdict_name(r->verdict), r->bounds, verdict_name(want), why);
        return false;
    }
    return want != VERDICT_VIOLATION || has_expected(r, expected, model);
}

/* The first violation ends it: with it the verdict is known. Unless others are expected as well. */
static bool explore_under(struct session *s, enum memory_model model)
{
    const struct scenario_expected *expected = &s->variant->expected;
    struct explore_options o = {.algorithm = ALGORITHM_OPTIMAL, .stop_at_first = true, .raw = true};
    bool tso = model == MEMORY_TSO, good;
    enum verdict want = tso ? expected->tso : expected->sc;
    for (;;) {
        struct explore_result r;
        session_configure(s, model, NULL);
        session_explore(s, &o, &r);
        good = judge(&r, expected, want, tso ? "TSO" : "SC");
        bool others = !good && r.verdict == want && o.stop_at_first && want == VERDICT_VIOLATION;
        explore_result_free(&r);
        if (!others)
            return good;
        o.stop_at_first = false;
    }
}

static const char *failure(const char *images, const char *scenario, const char *variant,
                           bool (*explores)(struct session *))
{
    struct scenario *sc = scenario_load(images, scenario, text);
    const struct scenario_variant *v = sc ? scenario_variant(sc, variant, text) : NULL;
    struct session *s = v ? session_open(sc, v, text) : NULL;
    if (!s)
        return text;
    bool good = explores(s);
    session_close(s);
    return good ? NULL : text;
}

static bool explore_tso(struct session *s)
{
    return explore_under(s, MEMORY_TSO);
}

static bool explore_sc(struct session *s)
{
    return explore_under(s, MEMORY_SC);
}

static bool explore_both(struct session *s)
{
    return explore_tso(s) && explore_sc(s);
}

const char *expectation_failure(const char *images, const char *scenario, const char *variant)
{
    return failure(images, scenario, variant, explore_both);
}

const char *expectation_failure_under(enum memory_model model, const char *images,
                                      const char *scenario, const char *variant)
{
    return failure(images, scenario, variant, model == MEMORY_TSO ? explore_tso : explore_sc);
}

bool expectation_skips_large(void)
{
#ifdef __SANITIZE_ADDRESS__
    return true;
#else
    return getenv("IRQWEAVE_SKIP_LARGE");
#endif
}
