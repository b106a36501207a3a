/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kicks of a vCPU that runs: each variant of the scenario kick-running-vcpu against what its scenario.yaml expects; README.md
 * there derives it.
 */
#include <criterion/criterion.h>

#include "tests/support/expectations.h"

#define SCENARIO "kick-running-vcpu"

Test(kick_running_vcpu, itself_by_a_plain_store, .timeout = 120)
{
    expect_variant(SCENARIO, "merged");
    expect_variant(SCENARIO, "merged-post");
    expect_variant(SCENARIO, "cmpxchg");
}

Test(kick_running_vcpu, the_second_kicker_sends_nothing, .timeout = 120)
{
    expect_variant(SCENARIO, "merged-kick");
}

Test(kick_running_vcpu, the_look_is_behind_the_handler, .timeout = 120)
{
    expect_variant(SCENARIO, "old");
    expect_variant(SCENARIO, "old-cmpxchg");
}

Test(kick_running_vcpu, without_a_look_it_runs_with_EXITING, .timeout = 120)
{
    expect_variant(SCENARIO, "no-look");
    expect_variant(SCENARIO, "no-look-cmpxchg");
}

Test(kick_running_vcpu, the_look_is_behind_the_sync, .timeout = 120)
{
    expect_variant(SCENARIO, "sync");
}

Test(kick_running_vcpu, a_sync_behind_the_look_runs_with_EXITING, .timeout = 120)
{
    expect_variant(SCENARIO, "old-sync");
    expect_variant(SCENARIO, "old-sync-cmpxchg");
    expect_variant(SCENARIO, "old-sync-post");
}

Test(kick_running_vcpu, a_plain_store_for_another_core, .timeout = 120)
{
    expect_variant(SCENARIO, "remote");
}

Test(kick_running_vcpu, a_plain_store_and_an_ipi, .timeout = 120)
{
    expect_variant(SCENARIO, "remote-ipi");
}

Test(kick_running_vcpu, a_kick_without_a_request_loses, .timeout = 120)
{
    expect_variant(SCENARIO, "no-request");
}

Test(kick_running_vcpu, without_the_senders_barrier, .timeout = 120)
{
    expect_variant(SCENARIO, "sender");
}

Test(kick_running_vcpu, the_senders_cmpxchg_is_a_barrier, .timeout = 120)
{
    expect_variant(SCENARIO, "sender-cmpxchg");
}

Test(kick_running_vcpu, without_the_targets_barrier, .timeout = 120)
{
    expect_variant(SCENARIO, "target");
    expect_variant(SCENARIO, "target-halts");
}

Test(kick_running_vcpu, a_guard_passes_over_ON, .timeout = 120)
{
    expect_variant(SCENARIO, "guard");
    expect_variant(SCENARIO, "guard-warn");
    expect_variant(SCENARIO, "no-sync");
    expect_variant(SCENARIO, "guard-no-sync");
}

Test(kick_running_vcpu, a_guard_does_not_replace_the_look, .timeout = 120)
{
    expect_variant(SCENARIO, "guard-sync");
}

Test(kick_running_vcpu, who_waits_waits_for_EXITING, .timeout = 120)
{
    expect_variant(SCENARIO, "wait");
    expect_variant(SCENARIO, "wait-kick");
}

Test(kick_running_vcpu, who_waits_for_IN_GUEST_alone_does_not, .timeout = 120)
{
    expect_variant(SCENARIO, "wait-guest");
}

Test(kick_running_vcpu, a_kick_does_not_wait, .timeout = 120)
{
    expect_variant(SCENARIO, "wait-not");
}
