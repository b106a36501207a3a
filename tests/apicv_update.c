/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * APICv on and off: each variant of the scenario apicv-update against what its scenario.yaml expects;
 * README.md there says why.
 */
#include <criterion/criterion.h>

#include "tests/support/expectations.h"

Test(apicv_update, request_before_word_is_safe, .timeout = 120)
{
    expect_variant("apicv-update", "merged");
    expect_variant("apicv-update", "merged-toggle");
}

Test(apicv_update, interrupts_survive_the_change, .timeout = 300)
{
    expect_large_variant("apicv-update", "merged-post-before");
    expect_large_variant("apicv-update", "merged-post-after");
    expect_large_variant("apicv-update", "merged-post");
}

Test(apicv_update, word_before_request_warns)
{
    expect_variant("apicv-update", "simplified");
    expect_variant("apicv-update", "simplified-quiet");
}

Test(apicv_update, handler_without_the_lock_warns)
{
    expect_variant("apicv-update", "no-lock");
}

Test(apicv_update, request_without_wait_warns)
{
    expect_variant("apicv-update", "no-wait");
}
