/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts to oneself through the fast path (row K6): each variant of the scenario icr-fastpath
 * against what its scenario.yaml expects; README.md there says why.
 */
#include <criterion/criterion.h>

#include "scenarios/session.h"
#include "tests/support/expectations.h"

static void expect(const char *variant)
{
    const char *failure = expectation_failure(IRQWEAVE_IMAGES_DIR, "icr-fastpath", variant);
    cr_assert(!failure, "%s %s", variant, failure);
}

/* Sets bit n for an execution in which core 0 has sent n messages. */
static void note_sent(void *sent, struct machine *m)
{
    *(unsigned *)sent |= 1u << m->state->queue[0].sent;
}

/* How many messages core 0, the vCPU's, may have sent at the end: a bit for each number. */
static unsigned sent_by_core_0(const char *variant)
{
    char error[SCENARIO_ERROR];
    struct scenario *sc = scenario_load(IRQWEAVE_IMAGES_DIR, "icr-fastpath", error);
    const struct scenario_variant *v = sc ? scenario_variant(sc, variant, error) : NULL;
    struct session *s = v ? session_open(sc, v, error) : NULL;
    cr_assert(s, "%s", error);
    unsigned sent = 0;
    struct explore_options o = {
        .algorithm = ALGORITHM_OPTIMAL, .on_complete = note_sent, .context = &sent};
    struct explore_result r;
    session_configure(s, MEMORY_TSO, NULL);
    session_explore(s, &o, &r);
    explore_result_free(&r);
    session_close(s);
    return sent;
}

/* What is sent does not show in the verdict: an IPI too many does no harm. */
Test(icr_fastpath, K6_no_ipi_to_oneself_sync_on_reentry)
{
    expect("merged");
    expect("merged-other");
    cr_expect_eq(sent_by_core_0("merged"), 1 << 0);
    cr_expect_eq(sent_by_core_0("merged-other"), 1 << 0);
    cr_expect_eq(sent_by_core_0("ipi"), 1 << 1);
}

Test(icr_fastpath, K6_ipi_to_oneself_instead_of_the_sync)
{
    expect("ipi");
    expect("ipi-other");
}

Test(icr_fastpath, K6_neither_loses_the_interrupt)
{
    expect("neither");
}
