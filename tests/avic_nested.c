/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Peers of a guest hypervisor's vCPU, on AVIC: each variant of the scenario avic-nested against what its scenario.yaml
 * expects; README.md there derives it.
 */
#include <criterion/criterion.h>

#include "tests/support/expectations.h"

#define SCENARIO "avic-nested"

Test(avic_nested, an_ipi_while_l2_is_entered, .timeout = 600)
{
    expect_variant(SCENARIO, "merged-ipi");
}

Test(avic_nested, a_device_while_l2_is_entered, .timeout = 600)
{
    expect_variant(SCENARIO, "merged-device");
}

Test(avic_nested, an_ipi_while_l2_leaves, .timeout = 600)
{
    expect_variant(SCENARIO, "merged-leaves-ipi");
}

Test(avic_nested, goes_off_for_the_vm, .timeout = 600)
{
    expect_variant(SCENARIO, "merged-off");
}

Test(avic_nested, a_device_while_it_is_off_for_the_vm, .timeout = 600)
{
    expect_variant(SCENARIO, "merged-was-off-device");
}

Test(avic_nested, without_ipi_virtualization, .timeout = 600)
{
    expect_variant(SCENARIO, "W5-ipi");
}

Test(avic_nested, left_running_loses, .timeout = 600)
{
    expect_variant(SCENARIO, "left-running");
}

Test(avic_nested, left_running_loses_without_ipi_virtualization, .timeout = 600)
{
    expect_variant(SCENARIO, "left-running-W5");
}

Test(avic_nested, left_marked_loses, .timeout = 600)
{
    expect_variant(SCENARIO, "no-put");
}

Test(avic_nested, left_marked_is_safe_without_ipi_virtualization, .timeout = 600)
{
    expect_variant(SCENARIO, "no-put-W5");
}

Test(avic_nested, waking_is_not_enough, .timeout = 600)
{
    expect_variant(SCENARIO, "wakes");
}

Test(avic_nested, without_event_it_is_lost, .timeout = 600)
{
    expect_variant(SCENARIO, "no-event");
}

Test(avic_nested, without_request_warns, .timeout = 600)
{
    expect_variant(SCENARIO, "no-request");
}

Test(avic_nested, a_late_update_is_safe, .timeout = 600)
{
    expect_variant(SCENARIO, "late");
}

Test(avic_nested, deferred_and_requested_is_never_done, .timeout = 600)
{
    expect_variant(SCENARIO, "deferred");
}

Test(avic_nested, deferred_and_done_is_in_time, .timeout = 600)
{
    expect_variant(SCENARIO, "direct");
}

Test(avic_nested, deferred_loses_ipis, .timeout = 600)
{
    expect_variant(SCENARIO, "direct-ipi");
}

Test(avic_nested, the_current_vmcb_is_the_wrong_one, .timeout = 600)
{
    expect_variant(SCENARIO, "current-vmcb");
}
