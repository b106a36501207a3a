/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device's interrupt through an AMD IOMMU to vCPUs with AVIC: each variant of the scenario avic-device against what its
 * scenario.yaml expects, which its README.md derives; and that the variants do what they say.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "iommu/amdvi.h"
#include "tests/support/expectations.h"
#include "tests/support/sessions.h"

#define SCENARIO "avic-device"

Test(avic_device, to_a_vcpu_that_runs, .timeout = 300)
{
    expect_variant(SCENARIO, "V0-run");
    expect_variant(SCENARIO, "E-W5-run");
}

Test(avic_device, to_a_vcpu_that_is_preempted, .timeout = 300)
{
    expect_variant(SCENARIO, "V0-preempt");
    expect_variant(SCENARIO, "E-W5-preempt");
}

Test(avic_device, to_a_vcpu_that_moves, .timeout = 300)
{
    expect_variant(SCENARIO, "V0-move");
    expect_variant(SCENARIO, "E-W5-move");
}

Test(avic_device, to_a_vcpu_that_blocks, .timeout = 300)
{
    expect_variant(SCENARIO, "V0-block");
    expect_variant(SCENARIO, "E-W5-block");
}

Test(avic_device, behind_another_in_the_log, .timeout = 300)
{
    expect_variant(SCENARIO, "V0-two");
}

Test(avic_device, a_new_entry_has_the_vcpus_place, .timeout = 300)
{
    expect_variant(SCENARIO, "V0-route");
    expect_variant(SCENARIO, "V0-load");
    expect_variant(SCENARIO, "E-W5-route");
}

Test(avic_device, a_new_entry_of_a_vcpu_that_goes_to_sleep, .timeout = 300)
{
    expect_variant(SCENARIO, "V0-start");
}

Test(avic_device, a_new_entry_of_a_vcpu_that_sleeps, .timeout = 300)
{
    expect_variant(SCENARIO, "V0-asleep");
}

Test(avic_device, a_new_entry_without_ga_log_intr, .timeout = 300)
{
    expect_variant(SCENARIO, "V16-asleep");
}

Test(avic_device, from_one_vcpu_to_another, .timeout = 300)
{
    expect_variant(SCENARIO, "V0-stopped");
}

Test(avic_device, back_to_the_host_one_may_stay_behind, .timeout = 300)
{
    expect_variant(SCENARIO, "V0-host");
}

Test(avic_device, back_to_the_host_and_the_vcpu_looks, .timeout = 300)
{
    expect_variant(SCENARIO, "V15-host");
}

Test(avic_device, without_ga_log_intr_it_sleeps_on, .timeout = 300)
{
    expect_variant(SCENARIO, "V1-block");
}

Test(avic_device, updated_behind_the_last_look_loses, .timeout = 300)
{
    expect_variant(SCENARIO, "V2-block");
}

Test(avic_device, without_the_barrier_it_is_lost_under_tso, .timeout = 300)
{
    expect_variant(SCENARIO, "V3-block");
    expect_variant(SCENARIO, "V4-block");
}

Test(avic_device, guest_mode_before_the_place_loses, .timeout = 300)
{
    expect_variant(SCENARIO, "V5-route");
}

Test(avic_device, a_place_that_nobody_looks_for_loses, .timeout = 300)
{
    expect_variant(SCENARIO, "V6-route");
}

Test(avic_device, W1_looks_for_it_where_it_never_is, .timeout = 300)
{
    expect_variant(SCENARIO, "E-W1-route");
    expect_variant(SCENARIO, "E-W1p-block");
}

Test(avic_device, a_narrow_lock_is_no_matter_to_load, .timeout = 300)
{
    expect_variant(SCENARIO, "V7-load");
}

Test(avic_device, a_narrow_lock_loses_against_put, .timeout = 300)
{
    expect_variant(SCENARIO, "V7-start");
}

Test(avic_device, without_the_lock_load_does_not_find_the_entry, .timeout = 300)
{
    expect_variant(SCENARIO, "V8-load");
}

Test(avic_device, a_destination_that_stays_loses, .timeout = 300)
{
    expect_variant(SCENARIO, "V9-move");
}

Test(avic_device, without_invalidation, .timeout = 300)
{
    expect_variant(SCENARIO, "V10-route");
    expect_variant(SCENARIO, "V10-stopped");
}

Test(avic_device, without_waiting_for_it, .timeout = 300)
{
    expect_variant(SCENARIO, "V11-stopped");
}

Test(avic_device, ga_int_cleared_behind_the_look_loses, .timeout = 300)
{
    expect_variant(SCENARIO, "V12-two");
}

Test(avic_device, a_head_beyond_what_was_read_loses, .timeout = 300)
{
    expect_variant(SCENARIO, "V13-two");
}

Test(avic_device, one_look_at_ga_int_will_do, .timeout = 300)
{
    expect_variant(SCENARIO, "V14-two");
}

/* ---- What the unit does ---- */

/* In how many executions the device's interrupt came how. */
struct seen {
    struct session *s;
    uint64_t executions; /* also those before the last byte of visible memory was found */
    uint64_t logged;     /* with an entry in the GA log */
    uint64_t in_guest_mode, running; /* entry 0, in the end */
};

static void note(void *context, struct machine *m)
{
    struct seen *seen = context;
    const struct image_state *irte = image_state(&seen->s->image, "irte");
    cr_assert(irte);
    uint64_t low = memory_read(&m->memory, irte->address, 8);
    seen->executions++;
    seen->logged += amdvi_register(seen->s->amdvi, AMDVI_GA_TAIL) != 0;
    seen->in_guest_mode += !!(low & IRTE_GUEST_MODE);
    seen->running += (low & IRTE_GUEST_MODE) && (low & IRTE_IS_RUN);
}

static struct seen look(const char *variant)
{
    struct seen seen = {.s = session_of_scenario(IRQWEAVE_IMAGES_DIR, SCENARIO, variant)};
    struct explore_options o = {.algorithm = ALGORITHM_OPTIMAL, .on_complete = note, .context = &seen};
    struct explore_result r;
    session_explore(seen.s, &o, &r);
    explore_result_free(&r);
    session_close(seen.s);
    cr_assert_gt(seen.executions, 0);
    return seen;
}

/* Both are there: the interrupt finds the vCPU about to sleep, or in time. (AMD IOMMU p. 94: a log entry if IsRun = 0.) */
Test(avic_device, the_log_is_for_vcpus_that_block, .timeout = 300)
{
    struct seen block = look("V0-block");
    cr_expect_gt(block.logged, 0);
    cr_expect_lt(block.logged, block.executions);
    cr_expect_eq(look("V0-run").logged, 0);
    cr_expect_eq(look("V0-preempt").logged, 0, "a vCPU that waits for its turn needs nobody to wake it");
    cr_expect_eq(look("V1-block").logged, 0);
}

/* In the end the entry posts to a vCPU that runs, and says so, or never will. */
Test(avic_device, W1_leaves_the_entry_pointing_nowhere, .timeout = 300)
{
    struct seen good = look("E-W5-route"), bad = look("E-W1-route");
    cr_expect_eq(good.in_guest_mode, good.executions);
    cr_expect_eq(good.running, good.executions);
    cr_expect_eq(bad.in_guest_mode, bad.executions);
    cr_expect_eq(bad.running, 0);
}

/* ---- A log that is full ---- */

Test(avic_device, overflow_without_a_look_loses)
{
    expect_variant(SCENARIO, "V17-full");
}

/* The restart does not bring back what was lost. */
Test(avic_device, overflow_as_merged_loses)
{
    expect_variant(SCENARIO, "V0-full");
}

Test(avic_device, overflow_that_is_cleared_unread_loses)
{
    expect_variant(SCENARIO, "V18-full");
}

Test(avic_device, overflow_and_all_are_woken)
{
    expect_variant(SCENARIO, "V19-full");
}

Test(avic_device, a_log_that_stays_stopped_loses)
{
    expect_variant(SCENARIO, "V20-over");
}

/* Too large to be explored to the end: a sample finds it. */
Test(avic_device, woken_too_early_loses)
{
    expect_variant(SCENARIO, "V21-over");
    expect_variant(SCENARIO, "V22-over");
}

/* ---- What AVIC-2 and AVIC-3 ask of a scenario ---- */

static struct scenario *load(const char *name)
{
    char path[400], error[SCENARIO_ERROR];
    snprintf(path, sizeof path, "%s/%s/scenario.yaml", IRQWEAVE_IMAGES_DIR, name);
    struct scenario *scenario = scenario_load_file(path, error);
    cr_assert(scenario, "%s", error);
    return scenario;
}

static void expect_refused(const struct scenario *scenario, const struct scenario_variant *v, const char *words)
{
    char error[SCENARIO_ERROR] = "";
    cr_assert(!session_open(scenario, v, error));
    cr_expect(strstr(error, words), "%s", error);
    cr_expect(!strchr(error, '\n'));
}

Test(avic_device, invariants_of_entries_are_for_two_cores)
{
    char error[SCENARIO_ERROR];
    struct scenario *scenario = load(SCENARIO);
    struct scenario_variant v = *scenario_variant(scenario, "V0-run", error);
    v.cores = 3;
    expect_refused(scenario, &v, "variant V0-run: 3 cores; with AVIC-2 and AVIC-3 at most 2 are right");
    scenario_free(scenario);
}

Test(avic_device, invariants_of_entries_need_the_table)
{
    char error[SCENARIO_ERROR];
    struct scenario_rule names[] = {{.name = (char[]){"AVIC-3"}}};
    struct scenario *scenario = load("avic-is-running");
    struct scenario_rule *own = scenario->invariants;
    unsigned count = scenario->invariants_count;
    scenario->invariants = names;
    scenario->invariants_count = 1;
    expect_refused(scenario, scenario_variant(scenario, "V0-ipi", error), "no state 'irte' of at least 16 bytes");
    scenario->invariants = own;
    scenario->invariants_count = count;
    scenario_free(scenario);
}
