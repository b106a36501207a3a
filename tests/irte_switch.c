/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scenario irte-switch: each variant against what its scenario.yaml expects (README.md there says
 * why), and with other values of the knobs of the VT-d unit. Row D4 as KVM meets it.
 */
#include <criterion/criterion.h>

#include "tests/support/expectations.h"
#include "tests/support/sessions.h"

/* "lost": the obligation is unmet, and nothing else is found. */
static const char *verdict_with(const char *knob, const char *variant)
{
    struct explore_options o = {.algorithm = ALGORITHM_OPTIMAL};
    struct explore_result r;
    struct knobs knobs = {{0}, 0};
    struct session *s = session_of_scenario(IRQWEAVE_IMAGES_DIR, "irte-switch", variant);
    cr_assert(knob_set(&knobs, knob));
    session_configure(s, MEMORY_TSO, &knobs);
    session_explore(s, &o, &r);
    cr_assert_eq(r.bounds, 0);
    bool lost = r.finding_count == 1 && !strcmp(r.finding[0].finding.name, "posted-handled");
    const char *verdict = lost ? "lost" : verdict_name(r.verdict);
    explore_result_free(&r);
    session_close(s);
    return verdict;
}

Test(irte_switch, to_posted_and_back)
{
    expect_variant("irte-switch", "V0-to-posted");
    expect_variant("irte-switch", "V0-to-host");
    cr_expect_str_eq(verdict_with("iec=never", "V0-to-posted"), "safe");
    cr_expect_str_eq(verdict_with("iec=never", "V0-to-host"), "safe");
}

Test(irte_switch, D4_after_the_wait_nothing_uses_the_old_entry)
{
    expect_variant("irte-switch", "V0-stopped");
    cr_expect_str_eq(verdict_with("iec=never", "V0-stopped"), "safe");
}

/* Even without a cache: looked up before the change, posted after the last look. */
Test(irte_switch, D4_without_invalidation)
{
    expect_variant("irte-switch", "V1-stopped");
    cr_expect_str_eq(verdict_with("iec=never", "V1-stopped"), "lost");
}

Test(irte_switch, D4_invalidation_that_nobody_waits_for)
{
    expect_variant("irte-switch", "V2-stopped");
}

Test(irte_switch, two_stores_of_which_one_changes_nothing)
{
    expect_variant("irte-switch", "V3-to-posted");
    cr_expect_str_eq(verdict_with("iec=never", "V3-to-posted"), "safe");
}
