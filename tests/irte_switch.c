/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scenario irte-switch against its table of expectations (README.md says why each is so): rows D3
 * and D4 as KVM meets them.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "scenarios/session.h"

static const char *verdict_of(const char *variant, enum memory_model model, const char *knob,
                              enum algorithm algorithm)
{
    static struct explore_result r;
    struct explore_options o = {.algorithm = algorithm};
    struct knobs knobs = {{0}, 0};
    char error[SCENARIO_ERROR] = "";
    struct scenario *s = scenario_load(IRQWEAVE_IMAGES_DIR, "irte-switch", error);
    cr_assert(s, "%s", error);
    struct session *session = session_open(s, scenario_variant(s, variant, error), error);
    cr_assert(session, "%s", error);
    if (knob)
        cr_assert(knob_set(&knobs, knob));
    session_configure(session, model, &knobs);
    session_explore(session, &o, &r);
    cr_assert_eq(r.bounds, 0);
    cr_assert_gt(r.complete, 1);
    bool lost = r.finding_count == 1 && !strcmp(r.finding[0].finding.name, "posted-handled");
    return lost ? "lost" : verdict_name(r.verdict);
}

static void expect(const char *variant, const char *knob, const char *verdict)
{
    for (enum memory_model model = MEMORY_TSO; model <= MEMORY_SC; model++)
        cr_expect_str_eq(verdict_of(variant, model, knob, ALGORITHM_OPTIMAL), verdict,
                         "%s, model %d, %s", variant, model, knob ? knob : "defaults");
}

Test(irte_switch, to_posted_and_back)
{
    expect("V0-to-posted", NULL, "safe");
    expect("V0-to-posted", "iec=never", "safe");
    expect("V0-to-host", NULL, "safe");
    expect("V0-to-host", "iec=never", "safe");
}

Test(irte_switch, D4_from_a_stopped_vcpu)
{
    expect("V0-stopped", NULL, "safe");
    expect("V0-stopped", "iec=never", "safe");
}

Test(irte_switch, D4_from_a_stopped_vcpu_if_the_wait_does_not_drain)
{
    expect("V0-stopped", "iec-wait-drains=no", "lost");
}

Test(irte_switch, D4_without_invalidation)
{
    expect("V1-stopped", NULL, "lost");
    expect("V1-stopped", "iec=never", "lost"); /* looked up before, posted after */
    expect("V2-stopped", NULL, "lost");
}

/* Lower half first, and the upper ones are equal. */
Test(irte_switch, two_stores_of_which_one_changes_nothing)
{
    expect("V3-to-posted", NULL, "safe");
    expect("V3-to-posted", "iec=never", "safe");
}

Test(irte_switch, other_algorithms_agree)
{
    cr_expect_str_eq(verdict_of("V1-stopped", MEMORY_TSO, NULL, ALGORITHM_SLEEP), "lost");
    cr_expect_str_eq(verdict_of("V0-to-posted", MEMORY_SC, NULL, ALGORITHM_SOURCE), "safe");
}
