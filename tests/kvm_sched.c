/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocking, wake-ups, preemption and migration of a vCPU: checklist rows K2, K3 and K4, and the
 * rules around SN and NDST, each by the scenario that follows it and by one that does not. The
 * expectations are derived in scenarios/posted-block/README.md and posted-migrate/README.md.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/session.h"

enum { SAFE = VERDICT_SAFE, LOST = VERDICT_VIOLATION };

static bool found(const struct explore_result *r, const char *name)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        if (!strcmp(r->finding[i].finding.name, name))
            return true;
    return false;
}

/* `findings` (NULL ends them) must be among those of a violation. */
static void check(struct session *s, enum memory_model model, int want, const char *const *findings)
{
    struct explore_options options = {.algorithm = ALGORITHM_OPTIMAL};
    struct explore_result r;
    const char *under = model == MEMORY_TSO ? "TSO" : "SC";
    session_configure(s, model, NULL);
    session_explore(s, &options, &r);
    cr_assert_eq((int)r.verdict, want, "%s under %s is %s", s->variant->name, under,
                 verdict_name(r.verdict));
    cr_assert_eq(r.bounds, 0);
    for (; want == LOST && *findings; findings++)
        cr_assert(found(&r, *findings), "%s under %s: %s is not found", s->variant->name, under,
                  *findings);
    explore_result_free(&r);
}

static void expect(const char *argument, int tso, int sc, const char *const *findings)
{
    char error[SCENARIO_ERROR] = "";
    const struct scenario_variant *v = NULL;
    struct scenario *file = scenario_open(argument, &v, error);
    cr_assert(file && v, "%s", error);
    struct session *s = session_open(file, v, error);
    cr_assert(s, "%s", error);
    check(s, MEMORY_TSO, tso, findings);
    check(s, MEMORY_SC, sc, findings);
}

static const char *const none[] = {NULL};
static const char *const lost[] = {"posted-handled", NULL};
static const char *const asleep[] = {"PI-3", "posted-handled", NULL};
static const char *const deaf[] = {"PI-1", "PI-3", "posted-handled", NULL};

static void skip_large(void)
{
#ifdef __SANITIZE_ADDRESS__
    cr_skip_test("too large under a sanitizer");
#else
    if (getenv("IRQWEAVE_SKIP_LARGE"))
        cr_skip_test("too large here");
#endif
}

/* ---- K2: a post between the last test and the switch to the wake-up vector ---- */

Test(kvm_sched, K2_post_before_the_switch_wakes)
{
    expect("posted-block:V0-device", SAFE, SAFE, none);
}

Test(kvm_sched, K2_without_the_look_at_on_it_is_lost)
{
    expect("posted-block:V1-device", LOST, LOST, asleep);
}

Test(kvm_sched, K2_without_the_wakeup_vector_it_is_lost)
{
    expect("posted-block:V0n-device", LOST, LOST, asleep);
}

Test(kvm_sched, K2_list_before_vector_where_interrupts_are_on)
{
    expect("posted-block:V8-device", SAFE, SAFE, none);
    expect("posted-block:V8b-device", LOST, LOST, asleep);
}

/* ---- K3: a wake-up interrupt at the CPU that the vCPU has left ---- */

Test(kvm_sched, K3_lock_of_the_previous_cpu, .timeout = 500)
{
    skip_large();
    expect("posted-migrate:V3-wake", SAFE, SAFE, none);
}

Test(kvm_sched, K3_another_lock_corrupts_the_list, .timeout = 500)
{
    skip_large();
    expect("posted-migrate:V5-wake", LOST, LOST, none);
}

Test(kvm_sched, ndst_stays_with_the_list, .timeout = 100)
{
    expect("posted-migrate:V7-wake", SAFE, SAFE, none);
    expect("posted-migrate:V6-wake", LOST, LOST, asleep);
}

/* ---- K4: barriers between what is posted and the look for who needs to be told ---- */

Test(kvm_sched, K4_locked_post_and_barrier_of_the_sleeper)
{
    expect("posted-block:V0n-cpu", SAFE, SAFE, none);
    expect("posted-block:V6n-cpu", SAFE, SAFE, none);
}

Test(kvm_sched, K4_mode_read_while_on_is_buffered)
{
    expect("posted-block:V4n-cpu", LOST, SAFE, deaf);
}

Test(kvm_sched, K4_sleeper_without_barrier)
{
    expect("posted-block:V3n-cpu", LOST, SAFE, asleep);
    expect("posted-block:V5n-cpu", LOST, LOST, asleep);
}

/* ---- SN ---- */

Test(kvm_sched, sn_is_cleared_and_pir_looked_at, .timeout = 100)
{
    expect("posted-migrate:V0-preempt", SAFE, SAFE, none);
    expect("posted-migrate:V0-move", SAFE, SAFE, none);
}

Test(kvm_sched, sn_without_the_look_loses, .timeout = 100)
{
    expect("posted-migrate:V1-preempt", LOST, LOST, lost);
    expect("posted-migrate:V1-move", LOST, LOST, lost);
    expect("posted-migrate:V2-move", LOST, LOST, lost);
}
