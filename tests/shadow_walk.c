/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scenario shadow-walk: each variant against what its scenario.yaml expects, which its README.md derives. */
#include <criterion/criterion.h>

#include "tests/support/expectations.h"

Test(shadow_walk, merged)
{
    expect_variant("shadow-walk", "merged");
}

/* ---- the walk ---- */

Test(shadow_walk, release_at_the_begin)
{
    expect_variant("shadow-walk", "release");
}

Test(shadow_walk, mode_left_alone)
{
    expect_variant("shadow-walk", "no-mode");
}

Test(shadow_walk, interrupts_left_on)
{
    expect_variant("shadow-walk", "irqs-on");
}

Test(shadow_walk, end_before_the_last_read)
{
    expect_variant("shadow-walk", "early-end");
}

Test(shadow_walk, end_in_the_other_order)
{
    expect_variant("shadow-walk", "irqs-first");
}

/* ---- the zap ---- */

Test(shadow_walk, unlinked_behind_the_flush)
{
    expect_variant("shadow-walk", "unlink-late");
}

Test(shadow_walk, flush_that_does_not_wait)
{
    expect_variant("shadow-walk", "kick");
}

Test(shadow_walk, request_without_lock)
{
    expect_variant("shadow-walk", "plain-request");
}
