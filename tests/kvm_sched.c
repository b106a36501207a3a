/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocking, wake-ups, preemption and migration of a vCPU: checklist rows K2, K3 and K4, and the
 * rules around SN and NDST, each by a variant that follows it and by one that does not. The
 * verdicts are those of the scenario.yaml files, derived in scenarios/posted-block/README.md and
 * scenarios/posted-migrate/README.md.
 */
#include <criterion/criterion.h>

#include "tests/support/expectations.h"

/* ---- K2: a post between the last test and the switch to the wake-up vector ---- */

Test(kvm_sched, K2_post_before_the_switch_wakes)
{
    expect_variant("posted-block", "V0-device");
}

Test(kvm_sched, K2_without_the_look_at_on_it_is_lost)
{
    expect_variant("posted-block", "V1-device");
    expect_variant("posted-block", "V1-cpu"); /* not this one: a CPU wakes by itself */
}

Test(kvm_sched, K2_without_the_wakeup_vector_it_is_lost)
{
    expect_variant("posted-block", "V0n-device");
}

Test(kvm_sched, K2_list_before_vector_where_interrupts_are_on)
{
    expect_variant("posted-block", "V2-device"); /* they are off: either order will do */
    expect_variant("posted-block", "V8-device");
    expect_variant("posted-block", "V8b-device");
}

Test(kvm_sched, K2_form_of_4_8)
{
    expect_variant("posted-block", "V7-device");
    expect_variant("posted-block", "V7b-device");
    expect_variant("posted-block", "V7c-device");
}

Test(kvm_sched, K2_a_cpu_posts, .timeout = 500)
{
    expect_large_variant("posted-block", "V0-cpu");
    expect_large_variant("posted-block", "V3-cpu");
    expect_large_variant("posted-block", "V5-cpu");
}

/* ---- K3: a wake-up interrupt at the CPU that the vCPU has left ---- */

Test(kvm_sched, K3_lock_of_the_previous_cpu, .timeout = 500)
{
    expect_large_variant_under(MEMORY_TSO, "posted-migrate", "V3-wake");
}

Test(kvm_sched, K3_lock_of_the_previous_cpu_under_sc, .timeout = 500)
{
    expect_large_variant_under(MEMORY_SC, "posted-migrate", "V3-wake");
}

Test(kvm_sched, K3_another_lock_or_none_corrupts_the_list, .timeout = 500)
{
    expect_large_variant("posted-migrate", "V4-wake");
    expect_large_variant("posted-migrate", "V5-wake");
}

Test(kvm_sched, ndst_stays_with_the_list, .timeout = 100)
{
    expect_variant("posted-migrate", "V7-wake");
    expect_variant("posted-migrate", "V6-wake");
}

/* ---- K4: barriers between what is posted and the look for who needs to be told ---- */

Test(kvm_sched, K4_locked_post_and_barrier_of_the_sleeper)
{
    expect_variant("posted-block", "V0n-cpu");
    expect_variant("posted-block", "V6n-cpu");
}

Test(kvm_sched, K4_mode_read_while_on_is_buffered)
{
    expect_variant("posted-block", "V4n-cpu");
    expect_variant("posted-block", "V4bn-cpu");
}

Test(kvm_sched, K4_sleeper_without_barrier)
{
    expect_variant("posted-block", "V3n-cpu");
    expect_variant("posted-block", "V5n-cpu");
}

/* ---- SN ---- */

Test(kvm_sched, sn_is_cleared_and_pir_looked_at, .timeout = 100)
{
    expect_variant("posted-migrate", "V0-preempt");
    expect_variant("posted-migrate", "V0-move");
}

Test(kvm_sched, sn_without_the_look_loses, .timeout = 100)
{
    expect_variant("posted-migrate", "V1-preempt");
    expect_variant("posted-migrate", "V1-move");
    expect_variant("posted-migrate", "V2-preempt");
    expect_variant("posted-migrate", "V2-move");
}
