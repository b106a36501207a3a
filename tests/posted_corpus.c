/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Races of posted interrupts that KVM has had, each with its broken and its fixed form. The verdicts are those of
 * the scenario.yaml files, derived in scenarios/posted-self/README.md and scenarios/posted-inhibited/README.md.
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
