/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU's APIC in software whose priority goes down while somebody sends: each variant of the scenario
 * software-apic against what its scenario.yaml expects; README.md there says why.
 */
#include <criterion/criterion.h>

#include "tests/cli_fixture.h"
#include "tests/support/expectations.h"

static void expect(const char *variant)
{
    expect_variant("software-apic", variant);
}

Test(software_apic_races, tpr_goes_down_without_an_exit)
{
    expect("threshold");
}

Test(software_apic_races, tpr_goes_down_by_an_exit, .timeout = 60)
{
    expect("cr8");
}

Test(software_apic_races, eoi_lowers_ppr, .timeout = 300)
{
    expect("eoi");
}

Test(software_apic_races, deadline_passes_anywhere)
{
    expect("timer");
}

Test(software_apic_races, without_the_threshold_it_is_lost)
{
    expect("no-threshold");
}

Test(software_apic_races, exits_that_do_not_look_lose, .timeout = 120)
{
    expect("no-tpr");
    expect("no-eoi");
}

Test(software_apic_races, senders_that_do_not_ask_or_kick_lose)
{
    expect("no-request");
    expect("no-kick");
}

Test(software_apic_races, requests_cleared_behind_the_look_lose, .timeout = 120)
{
    expect("clear-late");
    expect("timer-late");
}

/* A note of the timeline says what, before the BUG. */
static void refused(const char *variant, const char *line)
{
    char arguments[100];
    expect(variant);
    snprintf(arguments, sizeof arguments, "explore --json software-apic:%s", variant);
    setenv("IRQWEAVE_IMAGES", IRQWEAVE_IMAGES_DIR, 0);
    folder_enter();
    int code = run(arguments);
    read_text("out");
    folder_leave();
    cr_expect_eq(code, 1, "%s", variant);
    cr_expect(strstr(text, line), "%s: %s", variant, text);
}

Test(software_apic_races, what_is_not_emulated_is_refused)
{
    refused("init", "INIT for vCPU 0: there is no real mode");
    refused("smi", "delivery mode 2 for a vCPU: SMI");
}
