/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A level-triggered line of KVM's I/O APIC: each variant of the scenario level-eoi against what its
 * scenario.yaml expects; README.md there says why.
 */
#include <criterion/criterion.h>

#include "tests/support/expectations.h"

Test(level_eoi, a_line_that_is_up_at_eoi_is_served_again, .timeout = 120)
{
    expect_variant("level-eoi", "merged");
    expect_variant("level-eoi", "early");
}

Test(level_eoi, remote_irr_that_goes_too_late_refuses_it, .timeout = 120)
{
    expect_variant("level-eoi", "late");
}

Test(level_eoi, eoi_without_service_of_the_line_loses, .timeout = 120)
{
    expect_variant("level-eoi", "drop");
    expect_variant("level-eoi", "no-look");
}

Test(level_eoi, eoi_exits_only_by_the_bitmap, .timeout = 120)
{
    expect_variant("level-eoi", "no-scan");
    expect_variant("level-eoi", "edge");
}

Test(level_eoi, scan_keeps_what_is_pending_or_in_service, .timeout = 120)
{
    expect_variant("level-eoi", "merged-route");
}

Test(level_eoi, scan_that_forgets_leaves_the_line_stuck, .timeout = 120)
{
    expect_variant("level-eoi", "forget-route");
    expect_variant("level-eoi", "no-sync-route");
}

Test(level_eoi, eoi_of_the_old_vector_finds_no_entry, .timeout = 120)
{
    expect_variant("level-eoi", "merged-move");
}

Test(level_eoi, interrupt_before_the_request_overtakes_the_scan, .timeout = 120)
{
    expect_variant("level-eoi", "merged-move-edge");
}

Test(level_eoi, request_before_the_interrupt_is_safe, .timeout = 120)
{
    expect_variant("level-eoi", "scan-first-move-edge");
}

Test(level_eoi, request_without_a_kick_is_not_enough, .timeout = 120)
{
    expect_variant("level-eoi", "no-kick-move-edge");
}

Test(level_eoi, a_line_of_the_host_reaches_the_guest, .timeout = 120)
{
    expect_variant("level-eoi", "merged-line");
    expect_variant("level-eoi", "no-scan-line"); /* it does reach the guest, whose EOI is then not seen */
}
