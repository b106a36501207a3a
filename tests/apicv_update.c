/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * APICv on and off: each variant of the scenario apicv-update against what its scenario.yaml expects;
 * README.md there says why.
 */
#include <criterion/criterion.h>

#include "tests/support/expectations.h"

static void expect(const char *variant)
{
    const char *failure = expectation_failure(IRQWEAVE_IMAGES_DIR, "apicv-update", variant);
    cr_assert(!failure, "%s %s", variant, failure);
}

Test(apicv_update, request_before_word_is_safe, .timeout = 120)
{
    expect("merged");
    expect("merged-toggle");
}

Test(apicv_update, interrupts_survive_the_change, .timeout = 300)
{
    if (expectation_skips_large())
        cr_skip_test("large");
    expect("merged-post-before");
    expect("merged-post-after");
    expect("merged-post");
}

Test(apicv_update, word_before_request_warns)
{
    expect("simplified");
}

Test(apicv_update, handler_without_the_lock_warns)
{
    expect("no-lock");
}

Test(apicv_update, request_without_wait_warns)
{
    expect("no-wait");
}
