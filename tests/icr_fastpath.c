/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts to oneself through the fast path (row K6): each variant of the scenario icr-fastpath
 * against what its scenario.yaml expects; README.md there says why.
 */
#include <criterion/criterion.h>

#include "tests/support/expectations.h"
#include "tests/support/sessions.h"

/* Sets bit n for an execution in which core 0 has sent n messages. */
static void note_sent(void *sent, struct machine *m)
{
    *(unsigned *)sent |= 1u << m->state->queue[0].sent;
}

/* How many messages core 0, the vCPU's, may have sent at the end: a bit for each number. */
static unsigned sent_by_core_0(const char *variant)
{
    struct session *s = session_of_scenario(IRQWEAVE_IMAGES_DIR, "icr-fastpath", variant);
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
    expect_variant("icr-fastpath", "merged");
    expect_variant("icr-fastpath", "merged-other");
    cr_expect_eq(sent_by_core_0("merged"), 1 << 0);
    cr_expect_eq(sent_by_core_0("merged-other"), 1 << 0);
    cr_expect_eq(sent_by_core_0("ipi"), 1 << 1);
}

Test(icr_fastpath, K6_ipi_to_oneself_instead_of_the_sync)
{
    expect_variant("icr-fastpath", "ipi");
    expect_variant("icr-fastpath", "ipi-other");
}

Test(icr_fastpath, K6_neither_loses_the_interrupt)
{
    expect_variant("icr-fastpath", "neither");
}
