/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An interrupt by AVIC for a vCPU that moves: each variant of the scenario avic-migrate against what its scenario.yaml
 * expects; README.md there derives it.
 */
#include <criterion/criterion.h>

#include "tests/support/expectations.h"

#define SCENARIO "avic-migrate"

Test(avic_migrate, stops_blocking_with_preemption_off, .timeout = 120)
{
    expect_variant(SCENARIO, "V0-unblock");
}

Test(avic_migrate, preempted_behind_the_look_where_it_is, .timeout = 120)
{
    expect_variant(SCENARIO, "V1-unblock");
}

Test(avic_migrate, preempted_behind_the_look_at_its_entry, .timeout = 120)
{
    expect_variant(SCENARIO, "V2-unblock");
}

Test(avic_migrate, preemption_off_in_the_hook, .timeout = 120)
{
    expect_variant(SCENARIO, "V3-unblock");
}

Test(avic_migrate, a_doorbell_for_the_core_that_it_has_left, .timeout = 120)
{
    expect_variant(SCENARIO, "V0-doorbell");
}

Test(avic_migrate, doorbells_do_go_to_the_core_that_it_has_left, .timeout = 120)
{
    expect_variant(SCENARIO, "V4-doorbell");
}
