/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPIs that the processor posts to a vCPU that blocks: each variant of the scenario ipi-halted against
 * what its scenario.yaml expects, which its README.md derives; and that the variants do what they say.
 */
#include <criterion/criterion.h>

#include "tests/support/expectations.h"
#include "tests/support/sessions.h"

#define SCENARIO "ipi-halted"

#define NOTIFICATION 0xf2
#define WAKEUP       0xf1

Test(ipi_halted, wakes, .timeout = 100)
{
    expect_variant(SCENARIO, "V0-ipi");
}

Test(ipi_halted, sn_changes_between_pir_and_on, .timeout = 100)
{
    expect_variant(SCENARIO, "V0-preempt");
}

Test(ipi_halted, post_before_the_switch_is_lost_without_a_look_at_on, .timeout = 100)
{
    expect_variant(SCENARIO, "V1-ipi");
}

Test(ipi_halted, the_ordinary_notification_wakes_nobody, .timeout = 100)
{
    expect_variant(SCENARIO, "V2-ipi");
}

Test(ipi_halted, sn_of_a_sleeper_loses, .timeout = 100)
{
    expect_variant(SCENARIO, "V3-ipi");
}

Test(ipi_halted, sn_without_the_look_at_pir_loses, .timeout = 100)
{
    expect_variant(SCENARIO, "V4-preempt");
}

Test(ipi_halted, without_an_entry_software_posts_and_wakes, .timeout = 500)
{
    expect_large_variant(SCENARIO, "V5-ipi");
}

/* In how many executions vCPU 1's core has done what. */
struct seen {
    struct session *s;
    uint64_t executions; /* also those before the last byte of visible memory was found */
    uint64_t exits; /* it has left the guest behind its write to the ICR */
    uint64_t silent, notifications, wakeups; /* it has sent nothing, F2, F1 */
};

static void note(void *context, struct machine *m)
{
    struct seen *seen = context;
    const struct message_queue *q = &m->state->queue[1];
    seen->executions++;
    seen->exits += seen->s->vmx->vmcs[1].field[VMCS_EXIT_REASON] == 56;
    seen->silent += q->sent == 0;
    seen->notifications += q->sent == 1 && q->slot[0].vector == NOTIFICATION;
    seen->wakeups += q->sent == 1 && q->slot[0].vector == WAKEUP;
}

static struct seen look(const char *variant)
{
    struct seen seen = {.s = session_of_scenario(IRQWEAVE_IMAGES_DIR, SCENARIO, variant)};
    struct explore_options o = {.algorithm = ALGORITHM_OPTIMAL, .on_complete = note,
                                .context = &seen};
    struct explore_result r;
    session_explore(seen.s, &o, &r);
    explore_result_free(&r);
    session_close(seen.s);
    return seen;
}

/* ON is 0 when the only IPI comes, and SN too: always one notification, with the vector that the
 * descriptor names at that time. */
Test(ipi_halted, the_processor_notifies_with_the_vector_of_the_descriptor, .timeout = 100)
{
    struct seen seen = look("V0-ipi");
    cr_expect_eq(seen.exits, 0);
    cr_expect_eq(seen.silent, 0);
    cr_expect_gt(seen.notifications, 0);
    cr_expect_gt(seen.wakeups, 0);
    cr_expect_eq(seen.notifications + seen.wakeups, seen.executions);
}

/* While SN is 1 it sends nothing; nor behind the look at PIR that has set ON for it. */
Test(ipi_halted, preemption_makes_some_ipis_silent, .timeout = 100)
{
    struct seen seen = look("V0-preempt");
    cr_expect_eq(seen.exits, 0);
    cr_expect_gt(seen.silent, 0);
    cr_expect_gt(seen.notifications, 0);
    cr_expect_gt(seen.wakeups, 0);
    cr_expect_eq(seen.silent + seen.notifications + seen.wakeups, seen.executions);
}
