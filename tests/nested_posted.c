/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nested posted interrupts (row K5): each variant of the scenario nested-posted against what its
 * scenario.yaml expects; README.md there says why.
 */
#include <criterion/criterion.h>

#include "tests/support/expectations.h"

Test(nested_posted, K5_posted_while_l2_runs)
{
    expect_variant("nested-posted", "6.12");
}

Test(nested_posted, K5_posted_while_l2_exits_to_l0, .timeout = 120)
{
    expect_variant("nested-posted", "6.12-exit");
}

Test(nested_posted, K5_two_vectors, .timeout = 500)
{
    expect_large_variant("nested-posted", "6.12-two");
}

Test(nested_posted, K5_interrupt_of_l1_ends_the_stay_in_l2)
{
    expect_variant("nested-posted", "6.12-l1");
}

Test(nested_posted, K5_notification_before_request_is_lost, .timeout = 120)
{
    expect_variant("nested-posted", "4.8");
    expect_variant("nested-posted", "4.8-exit");
}

Test(nested_posted, K5_on_cleared_late_loses_the_second, .timeout = 500)
{
    expect_large_variant("nested-posted", "on-late");
}
