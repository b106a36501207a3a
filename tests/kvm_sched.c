/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocking, wake-ups, preemption and migration of a vCPU: checklist rows K2, K3 and K4, and the
 * rules around SN and NDST, each by a variant that follows it and by one that does not. The
 * verdicts are those of the scenario.yaml files, derived in scenarios/posted-block/README.md and
 * scenarios/posted-migrate/README.md.
 */
#include <criterion/criterion.h>

#include "tests/support/expectations.h"

static void as_expected(const char *scenario, const char *variant)
{
    const char *why = expectation_failure(IRQWEAVE_IMAGES_DIR, scenario, variant);
    cr_assert(!why, "%s:%s: %s", scenario, variant, why);
}

/* ---- K2: a post between the last test and the switch to the wake-up vector ---- */

Test(kvm_sched, K2_post_before_the_switch_wakes)
{
    as_expected("posted-block", "V0-device");
}

Test(kvm_sched, K2_without_the_look_at_on_it_is_lost)
{
    as_expected("posted-block", "V1-device");
    as_expected("posted-block", "V1-cpu"); /* not this one: a CPU wakes by itself */
}

Test(kvm_sched, K2_without_the_wakeup_vector_it_is_lost)
{
    as_expected("posted-block", "V0n-device");
}

Test(kvm_sched, K2_list_before_vector_where_interrupts_are_on)
{
    as_expected("posted-block", "V2-device"); /* they are off: either order will do */
    as_expected("posted-block", "V8-device");
    as_expected("posted-block", "V8b-device");
}

Test(kvm_sched, K2_form_of_4_8)
{
    as_expected("posted-block", "V7-device");
    as_expected("posted-block", "V7b-device");
    as_expected("posted-block", "V7c-device");
}

Test(kvm_sched, K2_a_cpu_posts, .timeout = 500)
{
    if (expectation_skips_large())
        cr_skip_test("too large here");
    as_expected("posted-block", "V0-cpu");
    as_expected("posted-block", "V3-cpu");
    as_expected("posted-block", "V5-cpu");
}

/* ---- K3: a wake-up interrupt at the CPU that the vCPU has left ---- */

static void lock_of_the_previous_cpu(enum memory_model model)
{
    if (expectation_skips_large())
        cr_skip_test("too large here");
    const char *why = expectation_failure_under(model, IRQWEAVE_IMAGES_DIR, "posted-migrate", "V3-wake");
    cr_assert(!why, "V3-wake: %s", why);
}

Test(kvm_sched, K3_lock_of_the_previous_cpu, .timeout = 500)
{
    lock_of_the_previous_cpu(MEMORY_TSO);
}

Test(kvm_sched, K3_lock_of_the_previous_cpu_under_sc, .timeout = 500)
{
    lock_of_the_previous_cpu(MEMORY_SC);
}

Test(kvm_sched, K3_another_lock_or_none_corrupts_the_list, .timeout = 500)
{
    if (expectation_skips_large())
        cr_skip_test("too large here");
    as_expected("posted-migrate", "V4-wake");
    as_expected("posted-migrate", "V5-wake");
}

Test(kvm_sched, ndst_stays_with_the_list, .timeout = 100)
{
    as_expected("posted-migrate", "V7-wake");
    as_expected("posted-migrate", "V6-wake");
}

/* ---- K4: barriers between what is posted and the look for who needs to be told ---- */

Test(kvm_sched, K4_locked_post_and_barrier_of_the_sleeper)
{
    as_expected("posted-block", "V0n-cpu");
    as_expected("posted-block", "V6n-cpu");
}

Test(kvm_sched, K4_mode_read_while_on_is_buffered)
{
    as_expected("posted-block", "V4n-cpu");
    as_expected("posted-block", "V4bn-cpu");
}

Test(kvm_sched, K4_sleeper_without_barrier)
{
    as_expected("posted-block", "V3n-cpu");
    as_expected("posted-block", "V5n-cpu");
}

/* ---- SN ---- */

Test(kvm_sched, sn_is_cleared_and_pir_looked_at, .timeout = 100)
{
    as_expected("posted-migrate", "V0-preempt");
    as_expected("posted-migrate", "V0-move");
}

Test(kvm_sched, sn_without_the_look_loses, .timeout = 100)
{
    as_expected("posted-migrate", "V1-preempt");
    as_expected("posted-migrate", "V1-move");
    as_expected("posted-migrate", "V2-preempt");
    as_expected("posted-migrate", "V2-move");
}
