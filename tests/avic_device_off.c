/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device's interrupt while AVIC goes off and on, or L2 runs: each variant of the scenario avic-device-off against what its
 * scenario.yaml expects; README.md there derives it. And what N-5 asks of a scenario.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/expectations.h"
#include "tests/support/sessions.h"

#define SCENARIO "avic-device-off"

Test(avic_device_off, goes_off, .timeout = 300)
{
    expect_variant(SCENARIO, "merged-off-self");
    expect_variant(SCENARIO, "W5-off-self");
}

Test(avic_device_off, is_off, .timeout = 300)
{
    expect_variant(SCENARIO, "merged-was-off");
    expect_variant(SCENARIO, "merged-sleeps-was-off");
}

Test(avic_device_off, goes_on, .timeout = 300)
{
    expect_variant(SCENARIO, "merged-on-self");
}

Test(avic_device_off, l2_is_entered, .timeout = 300)
{
    expect_variant(SCENARIO, "merged-enters");
}

Test(avic_device_off, l2_is_left, .timeout = 300)
{
    expect_variant(SCENARIO, "merged-leaves");
}

Test(avic_device_off, entries_left_as_they_are_lose, .timeout = 300)
{
    expect_variant(SCENARIO, "left-off-self");
    expect_variant(SCENARIO, "left-enters");
}

Test(avic_device_off, l2_is_a_reason, .timeout = 300)
{
    expect_variant(SCENARIO, "reason-enters");
}

Test(avic_device_off, guest_mode_without_is_run_loses, .timeout = 300)
{
    expect_variant(SCENARIO, "nobody-off-self");
    expect_variant(SCENARIO, "nobody-enters");
}

Test(avic_device_off, the_log_wakes_nobody_who_runs_l2, .timeout = 300)
{
    expect_variant(SCENARIO, "log-enters");
}

Test(avic_device_off, before_6_17_off_is_safe, .timeout = 300)
{
    expect_variant(SCENARIO, "old-off-self");
}

Test(avic_device_off, before_6_17_on_loses, .timeout = 300)
{
    expect_variant(SCENARIO, "old-on-self");
    expect_variant(SCENARIO, "old-enters");
    expect_variant(SCENARIO, "old-leaves");
}

Test(avic_device_off, without_event_it_is_lost, .timeout = 300)
{
    expect_variant(SCENARIO, "no-event-enters");
}

Test(avic_device_off, without_invalidation_it_is_lost, .timeout = 300)
{
    expect_variant(SCENARIO, "no-flush-enters");
}

Test(avic_device_off, a_route_while_it_is_off, .timeout = 300)
{
    expect_variant(SCENARIO, "merged-route-was-off");
}

Test(avic_device_off, a_route_that_posts_all_the_same_loses, .timeout = 300)
{
    expect_variant(SCENARIO, "posts-route-was-off");
}

Test(avic_device_off, a_route_that_looks_before_the_lock_loses, .timeout = 300)
{
    expect_variant(SCENARIO, "merged-route-off-self");
}

Test(avic_device_off, a_route_that_looks_under_the_lock, .timeout = 300)
{
    expect_variant(SCENARIO, "locked-route-off-self");
}

/* ---- What N-5 asks of a scenario ---- */

Test(avic_device_off, n5_is_for_vcpus_with_guests_of_their_own)
{
    char path[400], error[SCENARIO_ERROR] = "", *names[] = {(char[]){"N-5"}};
    snprintf(path, sizeof path, "%s/avic-inhibit/scenario.yaml", IRQWEAVE_IMAGES_DIR);
    struct scenario *scenario = scenario_load_file(path, error);
    cr_assert(scenario, "%s", error);
    char **own = scenario->invariants;
    unsigned count = scenario->invariants_count;
    scenario->invariants = names;
    scenario->invariants_count = 1;
    cr_assert(!session_open(scenario, scenario_variant(scenario, "merged-off", error), error));
    cr_expect(strstr(error, "no state 'vcpu0.guest_mode' of at least 1 byte"), "%s", error);
    scenario->invariants = own;
    scenario->invariants_count = count;
    scenario_free(scenario);
}
