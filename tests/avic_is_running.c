/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPIs of AVIC to a vCPU that blocks: each variant of the scenarios avic-is-running and avic-stale-copy against what its
 * scenario.yaml expects, which their README.md derive; and that the variants do what they say.
 */
#include <criterion/criterion.h>

#include "svm/vmcb.h"
#include "tests/support/effort.h"
#include "tests/support/expectations.h"
#include "tests/support/sessions.h"

#define SCENARIO "avic-is-running"
#define STALE "avic-stale-copy"

Test(avic_is_running, wakes, .timeout = 300)
{
    expect_variant(SCENARIO, "V0-ipi");
}

Test(avic_is_running, by_logical_id, .timeout = 300)
{
    skip_under_sanitizer("V0-logical");
    expect_variant(SCENARIO, "V0-logical");
}

Test(avic_is_running, by_shorthand, .timeout = 300)
{
    skip_under_sanitizer("V0-others");
    expect_variant(SCENARIO, "V0-others");
}

Test(avic_is_running, preempted_as_it_blocks, .timeout = 300)
{
    expect_variant(SCENARIO, "V0-preempt");
}

Test(avic_is_running, without_the_barrier_it_is_lost_under_tso, .timeout = 300)
{
    expect_variant(SCENARIO, "V0b-ipi");
}

Test(avic_is_running, marked_behind_the_last_look_loses, .timeout = 300)
{
    expect_variant(SCENARIO, "V0c-ipi");
}

Test(avic_is_running, marked_while_it_blocks_loses, .timeout = 300)
{
    expect_variant(SCENARIO, "V0d-preempt");
}

Test(avic_is_running, preempted_as_it_stops_blocking, .timeout = 300)
{
    expect_variant(SCENARIO, "V0-unblock-preempt");
}

Test(avic_is_running, marked_before_there_is_a_waiter_loses, .timeout = 300)
{
    expect_variant(SCENARIO, "V0f-preempt");
}

Test(avic_is_running, a_flag_says_that_it_blocks, .timeout = 300)
{
    expect_variant(SCENARIO, "V0g-preempt");
}

Test(avic_is_running, marked_twice_behind_the_wait_warns, .timeout = 300)
{
    expect_variant(SCENARIO, "V0h-preempt");
}

Test(avic_is_running, sent_again_it_is_handled_twice, .timeout = 300)
{
    expect_variant(SCENARIO, "V0s-ipi");
}

Test(avic_is_running, software_goes_by_the_mode, .timeout = 300)
{
    expect_variant(SCENARIO, "V0-device");
}

Test(avic_is_running, software_that_goes_by_is_running, .timeout = 300)
{
    expect_variant(SCENARIO, "V0k-ipi");
    expect_variant(SCENARIO, "V0k-device");
}

Test(avic_is_running, software_that_goes_by_is_running_loses_if_that_is_late, .timeout = 300)
{
    expect_variant(SCENARIO, "V0kc-device");
}

Test(avic_is_running, never_unmarked_loses, .timeout = 300)
{
    expect_variant(SCENARIO, "V0e-ipi");
}

Test(avic_is_running, erratum_loses, .timeout = 300)
{
    expect_variant(SCENARIO, "E-V0-ipi");
}

Test(avic_is_running, erratum_W0_is_safe_if_it_waits, .timeout = 600)
{
    expect_variant(STALE, "E-W0-one");
}

Test(avic_is_running, erratum_W0_loses_if_it_does_not_wait, .timeout = 600)
{
    expect_large_variant(STALE, "E-W0n-one");
}

Test(avic_is_running, erratum_W1_is_safe_for_ipis, .timeout = 300)
{
    expect_variant(SCENARIO, "E-W1-ipi");
}

Test(avic_is_running, erratum_W2_is_safe, .timeout = 300)
{
    skip_under_sanitizer("E-W2-ipi");
    expect_variant(SCENARIO, "E-W2-ipi");
}

Test(avic_is_running, erratum_W3_is_safe, .timeout = 300)
{
    skip_under_sanitizer("E-W3-ipi");
    expect_variant(SCENARIO, "E-W3-ipi");
}

Test(avic_is_running, erratum_W4_is_safe_for_directed_ipis, .timeout = 300)
{
    expect_variant(SCENARIO, "E-W4-ipi");
}

Test(avic_is_running, erratum_W4_loses_broadcasts, .timeout = 300)
{
    expect_variant(SCENARIO, "E-W4-others");
}

Test(avic_is_running, W4_loses_broadcasts_on_a_healthy_processor, .timeout = 300)
{
    expect_variant(SCENARIO, "W4-others");
}

Test(avic_is_running, W5_rings_who_does_not_halt, .timeout = 300)
{
    expect_variant(SCENARIO, "W5-awake");
}

Test(avic_is_running, W5_rings_nobody_if_software_goes_by_is_running, .timeout = 300)
{
    expect_variant(SCENARIO, "W5k-awake");
}

Test(avic_is_running, erratum_W5_is_safe, .timeout = 300)
{
    expect_variant(SCENARIO, "E-W5-ipi");
    expect_variant(SCENARIO, "E-W5-others");
}

Test(avic_is_running, W5_is_safe_on_a_healthy_processor, .timeout = 300)
{
    skip_under_sanitizer("W5-ipi");
    expect_variant(SCENARIO, "W5-ipi");
}

Test(avic_is_running, two_ipis, .timeout = 600)
{
    expect_large_variant(STALE, "V0");
}

Test(avic_is_running, erratum_loses_the_second_ipi, .timeout = 600)
{
    expect_variant(STALE, "E-V0");
}

Test(avic_is_running, erratum_W5_is_safe_with_two_ipis, .timeout = 600)
{
    expect_large_variant(STALE, "E-W5");
}

/* ---- Both models of the erratum ---- */

static enum verdict verdict_with(const char *scenario, const char *variant, const char *knob)
{
    struct session *s = session_of_scenario(IRQWEAVE_IMAGES_DIR, scenario, variant);
    struct knobs knobs = {0};
    struct explore_options o = {.algorithm = ALGORITHM_OPTIMAL};
    struct explore_result r;
    cr_assert(knob_set(&knobs, knob));
    session_configure(s, MEMORY_TSO, &knobs);
    session_explore(s, &o, &r);
    enum verdict verdict = r.verdict;
    explore_result_free(&r);
    session_close(s);
    return verdict;
}

/* A copy that a core keeps was read by an earlier write to the ICR: the first one finds the entry as it is. */
Test(avic_is_running, one_ipi_has_no_stale_copy, .timeout = 300)
{
    cr_expect_eq(verdict_with(SCENARIO, "E-V0-ipi", "erratum-1235=stale-copy"), VERDICT_SAFE);
    cr_expect_eq(verdict_with(STALE, "E-V0", "erratum-1235=stale-copy"), VERDICT_VIOLATION);
}

/* Broadcasts pass over entries that are not valid, whatever else the processor does wrong. */
Test(avic_is_running, W4_loses_broadcasts_under_either_model, .timeout = 300)
{
    cr_expect_eq(verdict_with(SCENARIO, "E-W4-others", "erratum-1235=stale-copy"), VERDICT_VIOLATION);
}

/* ---- What the processor does ---- */

enum { WINDOW_BITS = 0x7fffffff, IDS = 5 };

/* In how many executions vCPU 1 has sent its only IPI how. */
struct seen {
    struct session *s;
    uint64_t executions; /* also those before the last byte of visible memory was found */
    uint64_t inside;     /* without an exit */
    uint64_t exits[IDS]; /* exit 401h, by its id */
};

static uint64_t vmcb_of_sender(const struct session *s, size_t member)
{
    const struct image_symbol *pages = image_symbol(&s->image, "vmcb_pages");
    cr_assert(pages);
    return memory_read(&s->m->memory, (pages->address & WINDOW_BITS) + sizeof(struct vmcb) + member, 8);
}

static void note(void *context, struct machine *m)
{
    struct seen *seen = context;
    uint64_t code = vmcb_of_sender(seen->s, offsetof(struct vmcb, control.exit_code));
    uint64_t id = vmcb_of_sender(seen->s, offsetof(struct vmcb, control.exit_info_2)) >> 32;
    (void)m;
    seen->executions++;
    seen->inside += code == 0;
    if (code == VMEXIT_AVIC_INCOMPLETE_IPI && id < IDS)
        seen->exits[id]++;
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

/* Both are there, and nothing else: the target runs, or exit 401h says that it does not (APM vol. 2, 15.29.9.1). */
Test(avic_is_running, the_processor_exits_if_the_target_does_not_run, .timeout = 300)
{
    struct seen seen = look("V0-ipi");
    cr_expect_gt(seen.inside, 0);
    cr_expect_gt(seen.exits[1], 0);
    cr_expect_eq(seen.inside + seen.exits[1], seen.executions);
}

/* IsRunning is never set. */
Test(avic_is_running, W5_makes_each_ipi_exit, .timeout = 300)
{
    struct seen seen = look("E-W5-ipi");
    cr_expect_eq(seen.exits[1], seen.executions);
}

/* A directed IPI finds no valid entry, a broadcast does not look for one. */
Test(avic_is_running, W4_makes_directed_ipis_exit_and_broadcasts_not, .timeout = 300)
{
    struct seen directed = look("E-W4-ipi"), broadcast = look("E-W4-others");
    cr_expect_eq(directed.exits[2], directed.executions);
    cr_expect_eq(broadcast.inside, broadcast.executions);
}
