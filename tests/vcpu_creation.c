/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU that is created while APICv goes off or on, or while the map of APIC ids is recalculated: each variant
 * of the scenarios vcpu-creation and avic-creation against what their scenario.yaml expects; README.md there derives it.
 */
#include <criterion/criterion.h>

#include "tests/support/expectations.h"

#define SCENARIO "vcpu-creation"
#define AVIC "avic-creation"

Test(vcpu_creation, a_request_from_the_beginning, .timeout = 120)
{
    expect_variant(SCENARIO, "merged");
    expect_variant(SCENARIO, "merged-on");
}

Test(vcpu_creation, who_runs_it_early_waits, .timeout = 120)
{
    expect_variant(SCENARIO, "merged-early");
}

Test(vcpu_creation, reading_the_word_warns, .timeout = 120)
{
    expect_variant(SCENARIO, "word");
    expect_variant(SCENARIO, "word-on");
}

Test(vcpu_creation, run_before_it_is_online_warns, .timeout = 120)
{
    expect_variant(SCENARIO, "early");
    expect_variant(SCENARIO, "outside");
}

Test(vcpu_creation, its_creator_runs_it_when_it_is_online, .timeout = 120)
{
    expect_variant(SCENARIO, "early-own");
}

Test(vcpu_creation, handler_without_the_lock_warns, .timeout = 120)
{
    expect_variant(SCENARIO, "no-lock");
}

Test(vcpu_creation, the_map_is_recalculated_until_all_fit, .timeout = 120)
{
    expect_variant(SCENARIO, "map");
}

Test(vcpu_creation, no_map_if_one_does_not_fit, .timeout = 120)
{
    expect_variant(SCENARIO, "map-bail");
}

Test(vcpu_creation, beyond_the_end_of_the_map_warns, .timeout = 120)
{
    expect_variant(SCENARIO, "map-beyond");
}

/* ---- On AMD ---- */

Test(vcpu_creation, avic_a_request_from_the_beginning, .timeout = 120)
{
    expect_variant(AVIC, "merged");
    expect_variant(AVIC, "merged-on");
}

Test(vcpu_creation, avic_who_runs_it_early_waits, .timeout = 120)
{
    expect_variant(AVIC, "merged-early");
}

Test(vcpu_creation, avic_reading_the_word_warns, .timeout = 120)
{
    expect_variant(AVIC, "word");
    expect_variant(AVIC, "word-on");
}

Test(vcpu_creation, avic_run_before_it_is_online_warns, .timeout = 120)
{
    expect_variant(AVIC, "early");
}
