/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scenario posted-assign: each variant against what its scenario.yaml expects, which its README.md derives.
 */
#include <criterion/criterion.h>

#include "tests/support/expectations.h"
#include "tests/support/sessions.h"

/* All of a variant of which reproduce draws a sample. */
static const char *explored(const char *variant)
{
    struct explore_options o = {.algorithm = ALGORITHM_OPTIMAL};
    struct explore_result r;
    struct knobs knobs = {{0}, 0};
    struct session *s = session_of_scenario(IRQWEAVE_IMAGES_DIR, "posted-assign", variant);
    session_configure(s, MEMORY_TSO, &knobs);
    session_explore(s, &o, &r);
    cr_assert_eq(r.bounds, 0);
    const char *verdict = verdict_name(r.verdict);
    explore_result_free(&r);
    session_close(s);
    return verdict;
}

/* ---- a device comes while the vCPU sleeps (Linux a2486020a82e) ---- */

Test(posted_assign, sleepers_are_told)
{
    cr_expect_str_eq(explored("V0-plug"), "safe");
}

Test(posted_assign, sleepers_are_not_told)
{
    expect_variant("posted-assign", "V1-plug");
}

Test(posted_assign, request_that_wakes_nobody)
{
    expect_variant("posted-assign", "V2-plug");
}

Test(posted_assign, told_before_the_device_counts)
{
    expect_variant("posted-assign", "V3-plug");
}

/* ---- the last device goes and one comes (Linux 8b306e2f3c41) ---- */

Test(posted_assign, twice_in_the_list)
{
    expect_variant("posted-assign", "V5-replug");
}

Test(posted_assign, what_was_done_is_undone)
{
    expect_variant("posted-assign", "V6-replug");
}
