/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts to oneself through the fast path (row K6): each variant of the scenario icr-fastpath
 * against what its scenario.yaml expects; README.md there says why.
 */
#include <criterion/criterion.h>

#include "tests/support/expectations.h"

static void expect(const char *variant)
{
    const char *failure = expectation_failure(IRQWEAVE_IMAGES_DIR, "icr-fastpath", variant);
    cr_assert(!failure, "%s %s", variant, failure);
}

Test(icr_fastpath, K6_no_ipi_to_oneself_sync_on_reentry)
{
    expect("merged");
    expect("merged-other");
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
