/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Races of posted interrupts that KVM has had, each with its broken and its fixed form. The verdicts are those of
 * the scenario.yaml files, derived in README.md of the scenarios posted-self, posted-inhibited and posted-block-off.
 */
#include <criterion/criterion.h>

#include "tests/support/expectations.h"

/* ---- the target is the vCPU of this CPU (Linux fdba608f15e2) ---- */

Test(posted_corpus, self_is_woken)
{
    expect_variant("posted-self", "V0-irq");
    expect_variant("posted-self", "V0n-irq");
}

Test(posted_corpus, self_is_not_woken)
{
    expect_variant("posted-self", "V1n-irq");
    expect_variant("posted-self", "V1p-irq");
}

Test(posted_corpus, look_at_on_covers_self)
{
    expect_variant("posted-self", "V1-irq");
}

/* ---- a device posts while APICv is inhibited (Linux 37c4dbf337c5, 7e1901f6c86c) ---- */

Test(posted_corpus, inhibited_sync_injects)
{
    expect_variant("posted-inhibited", "V0-off");
}

Test(posted_corpus, inhibited_without_sync)
{
    expect_variant("posted-inhibited", "V1-off");
}

Test(posted_corpus, inhibited_without_event)
{
    expect_variant("posted-inhibited", "V2-off");
}

/* ---- the same, and the vCPU goes to sleep (Linux 53b7ca1a3593) ---- */

Test(posted_corpus, off_is_armed)
{
    expect_variant("posted-block-off", "V0-off");
    expect_variant("posted-block-off", "V0-told");
}

Test(posted_corpus, off_is_armed_as_in_5_16)
{
    expect_variant("posted-block-off", "V2-off");
    expect_variant("posted-block-off", "V2-told");
}

Test(posted_corpus, off_is_not_armed)
{
    expect_variant("posted-block-off", "V1-off");
    expect_variant("posted-block-off", "V1-told");
}

Test(posted_corpus, off_asked_at_both_ends)
{
    expect_variant("posted-block-off", "V3-told");
}
