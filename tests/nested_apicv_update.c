/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * APICv of L1 off and on while L2 runs: each variant of the scenario nested-apicv-update against what its scenario.yaml expects,
 * and the README's table of who receives what against the verdicts of the variants that it names.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/expectations.h"

#define SCENARIO "nested-apicv-update"

Test(nested_apicv_update, the_current_vmcs_is_the_wrong_one, .timeout = 120)
{
    expect_variant(SCENARIO, "v0-on");
    expect_variant(SCENARIO, "v0-off");
    expect_variant(SCENARIO, "v0-restored");
}

Test(nested_apicv_update, what_l1_asks_for_is_not_touched, .timeout = 120)
{
    expect_variant(SCENARIO, "v0-off-own");
    expect_variant(SCENARIO, "v4-off-own");
}

Test(nested_apicv_update, deferred_and_requested_is_never_done, .timeout = 120)
{
    expect_variant(SCENARIO, "v1-on");
    expect_variant(SCENARIO, "v1-off");
    expect_variant(SCENARIO, "v1-restored");
    expect_variant(SCENARIO, "v1-restored-off");
}

Test(nested_apicv_update, deferred_and_requested_loses_an_interrupt, .timeout = 120)
{
    expect_variant(SCENARIO, "v1-restored-post");
}

Test(nested_apicv_update, deferred_and_done_is_in_time, .timeout = 120)
{
    expect_variant(SCENARIO, "v2-on");
    expect_variant(SCENARIO, "v2-off");
    expect_variant(SCENARIO, "v2-restored");
    expect_variant(SCENARIO, "v2-restored-post");
}

Test(nested_apicv_update, vmcs01_is_loaded_for_it, .timeout = 120)
{
    expect_variant(SCENARIO, "v3-on");
    expect_variant(SCENARIO, "v3-off");
    expect_variant(SCENARIO, "v3-off-own");
    expect_variant(SCENARIO, "v3-restored");
    expect_variant(SCENARIO, "v3-restored-off");
}

Test(nested_apicv_update, an_interrupt_survives_the_change, .timeout = 120)
{
    expect_variant(SCENARIO, "v3-restored-post");
    expect_variant(SCENARIO, "v3-restored-off-post");
}

Test(nested_apicv_update, an_interrupt_of_l1_ends_the_stay_in_l2, .timeout = 120)
{
    expect_variant(SCENARIO, "l1-receives-on");
    expect_variant(SCENARIO, "l1-receives-off");
}

Test(nested_apicv_update, l2_sends_by_the_apic_of_l1, .timeout = 120)
{
    expect_variant(SCENARIO, "l2-sends-on");
    expect_variant(SCENARIO, "l2-sends-off");
}

Test(nested_apicv_update, l2_ends_a_vector_of_l1, .timeout = 120)
{
    expect_variant(SCENARIO, "l2-ends-on");
    expect_variant(SCENARIO, "l2-ends-off");
    expect_variant(SCENARIO, "l2-ends-deferred");
}

Test(nested_apicv_update, svi_of_the_current_vmcs_loses, .timeout = 120)
{
    expect_variant(SCENARIO, "l2-ends-current");
}

/* ---- The table ---- */

/* Explores the variant, and compares with what the table says of it. */
static void check_cell(const char *name, const char *says)
{
    char scenario[64] = SCENARIO, error[SCENARIO_ERROR];
    const char *colon = strchr(name, ':'), *variant = colon ? colon + 1 : name;
    if (colon)
        snprintf(scenario, sizeof scenario, "%.*s", (int)(colon - name), name);
    struct scenario *loaded = scenario_load(IRQWEAVE_IMAGES_DIR, scenario, error);
    cr_assert(loaded, "%s", error);
    const struct scenario_variant *v = scenario_variant(loaded, variant, error);
    cr_assert(v, "%s", error);
    cr_assert_str_eq(verdict_name(v->expected.tso), says, "%s", name);
    expect_variant(scenario, variant);
    scenario_free(loaded);
}

/* All `NAME` VERDICT of a line of the table; returns how many. */
static unsigned check_row(const char *line)
{
    unsigned cells = 0;
    char name[64], says[16];
    for (const char *at = line; (at = strchr(at, '`')); at++) {
        if (sscanf(at, "`%63[^`]` %15[a-z]", name, says) != 2)
            continue;
        check_cell(name, says);
        cells++;
        at = strchr(at + 1, '`');
    }
    return cells;
}

Test(nested_apicv_update, the_table_is_what_exploration_says, .timeout = 500)
{
    char line[1024];
    bool inside = false;
    unsigned cells = 0;
    FILE *f = fopen(IRQWEAVE_SOURCE_DIR "/scenarios/" SCENARIO "/README.md", "r");
    cr_assert(f);
    while (fgets(line, sizeof line, f)) {
        if (!strncmp(line, "## ", 3))
            inside = strstr(line, "Who receives what");
        else if (inside && line[0] == '|')
            cells += check_row(line);
    }
    fclose(f);
    cr_assert_eq(cells, 18, "%u cells", cells); /* counted in the table */
}
