/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AVIC off and on: each variant of the scenario avic-inhibit against what its scenario.yaml expects; README.md there
 * derives it.
 */
#include <criterion/criterion.h>

#include "tests/support/expectations.h"

#define SCENARIO "avic-inhibit"

Test(avic_inhibit, goes_off, .timeout = 600)
{
    expect_variant(SCENARIO, "merged-off");
}

Test(avic_inhibit, an_ipi_before_it_goes_off, .timeout = 600)
{
    expect_variant(SCENARIO, "merged-ipi-off");
}

Test(avic_inhibit, a_device_while_it_goes_off, .timeout = 600)
{
    expect_variant(SCENARIO, "merged-device");
}

Test(avic_inhibit, a_device_while_it_is_off, .timeout = 600)
{
    expect_variant(SCENARIO, "merged-was-off-device");
}

Test(avic_inhibit, a_device_while_it_goes_on, .timeout = 600)
{
    expect_variant(SCENARIO, "merged-on-device");
}

Test(avic_inhibit, an_ipi_while_it_goes_on, .timeout = 600)
{
    expect_variant(SCENARIO, "merged-on-ipi");
}

Test(avic_inhibit, an_ipi_to_one_that_sleeps, .timeout = 600)
{
    expect_variant(SCENARIO, "merged-sleeps-on-ipi");
}

Test(avic_inhibit, word_before_request_warns, .timeout = 600)
{
    expect_variant(SCENARIO, "simplified");
}

Test(avic_inhibit, handler_without_the_lock_warns, .timeout = 600)
{
    expect_variant(SCENARIO, "no-lock");
}

Test(avic_inhibit, left_marked_it_sleeps_unreachable, .timeout = 600)
{
    expect_variant(SCENARIO, "no-put");
}

Test(avic_inhibit, without_event_it_is_lost, .timeout = 600)
{
    expect_variant(SCENARIO, "no-event");
}

Test(avic_inhibit, bit_before_irr_loses, .timeout = 600)
{
    expect_variant(SCENARIO, "bit-first");
}

Test(avic_inhibit, bit_before_mode_is_safe, .timeout = 600)
{
    expect_variant(SCENARIO, "bit-then-mode");
}

Test(avic_inhibit, without_ipi_virtualization, .timeout = 600)
{
    expect_variant(SCENARIO, "W5-ipi-off");
}

Test(avic_inhibit, who_is_not_running_is_woken_and_no_more, .timeout = 600)
{
    expect_variant(SCENARIO, "wakes-ipi-off");
    expect_variant(SCENARIO, "wakes-on-ipi");
    expect_variant(SCENARIO, "wakes-sleeps-on-ipi");
}
