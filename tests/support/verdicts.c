/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/verdicts.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

bool verdict_found(const struct explore_result *r, const char *name)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        if (!strcmp(r->finding[i].finding.name, name))
            return true;
    return false;
}

uint32_t verdict_check(struct session *s, const struct verdict_row *row, enum memory_model model,
                       const struct knobs *knobs)
{
    struct explore_options o = {.algorithm = ALGORITHM_OPTIMAL};
    struct explore_result r;
    enum verdict want = (enum verdict)(model == MEMORY_TSO ? row->tso : row->sc);
    session_configure(s, model, knobs);
    session_explore(s, &o, &r);
    cr_assert_eq(r.verdict, want, "%s under %s is %s", row->variant,
                 model == MEMORY_TSO ? "TSO" : "SC", verdict_name(r.verdict));
    cr_assert_eq(r.bounds, 0);
    if (want == VERDICT_VIOLATION) {
        cr_assert(verdict_found(&r, row->finding), "%s: %s is not found", row->variant, row->finding);
        cr_assert(!row->broken[0] || verdict_found(&r, row->broken), "%s: %s is not broken", row->variant,
                  row->broken);
    }
    explore_result_free(&r);
    return r.knobs;
}

void verdict_check_all_knobs(struct session *s, const struct verdict_row *row,
                             enum memory_model model)
{
    struct knobs knobs = {.consulted = 0};
    uint32_t consulted = verdict_check(s, row, model, &knobs);
    for (int k = 0; k < KNOB_COUNT; k++) {
        for (unsigned v = 1; (consulted >> k & 1) && v < knob_values((enum knob)k); v++) {
            struct knobs changed = {.consulted = 0};
            changed.value[k] = (uint8_t)v;
            verdict_check(s, row, model, &changed);
        }
    }
}

bool verdict_skips_large(void)
{
#ifdef __SANITIZE_ADDRESS__
    return true;
#else
    return getenv("IRQWEAVE_SKIP_LARGE");
#endif
}
