/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scenario ipi-virtualization against its table of expectations (README.md says why each is so):
 * each row under TSO and SC, for every value of every knob that its runs consult.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <string.h>

#include "tests/support/sessions.h"
#include "tests/support/verdicts.h"

#define SCENARIO "ipi-virtualization"

enum { SAFE = VERDICT_SAFE, LOST = VERDICT_VIOLATION };

static struct verdict_row rows[] = {
    {"V1-ipi", SAFE, SAFE, "", "", 0},
    {"V1-ipi2", SAFE, SAFE, "", "", 1},
    {"V1-same", SAFE, SAFE, "", "", 1},
    {"V1-device", SAFE, SAFE, "", "", 1},
    {"V2-ipi", SAFE, SAFE, "", "", 0},
    {"V3-ipi", LOST, LOST, "posted-handled", "", 0},
    {"V4-ipi2", LOST, LOST, "posted-handled", "PI-2", 1},
};

ParameterizedTestParameters(ipi_virtualization, table)
{
    return cr_make_param_array(struct verdict_row, rows, sizeof rows / sizeof *rows);
}

ParameterizedTest(struct verdict_row *row, ipi_virtualization, table, .timeout = 300)
{
    if (row->large && verdict_skips_large())
        cr_skip_test("%s is too large here", row->variant);
    struct session *s = session_of_scenario(IRQWEAVE_IMAGES_DIR, SCENARIO, row->variant);
    verdict_check_all_knobs(s, row, MEMORY_TSO);
    verdict_check_all_knobs(s, row, MEMORY_SC);
}

Test(ipi_virtualization, every_variant_is_checked)
{
    char error[SCENARIO_ERROR] = "";
    struct scenario *s = scenario_load(IRQWEAVE_IMAGES_DIR, SCENARIO, error);
    cr_assert(s, "%s", error);
    for (unsigned i = 0; i < s->variants_count; i++) {
        bool known = false;
        for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
            known |= !strcmp(rows[k].variant, s->variants[i].name);
        cr_assert(known, "%s", s->variants[i].name);
    }
}

/* What the sender did to get there, at the end of one execution. */
struct seen {
    struct session *s;
    uint64_t executions;
    uint64_t exits;    /* executions in which vCPU 1 has left the guest behind its write */
    uint64_t notified; /* ... in which its core has sent the notification vector or a kick */
};

static void note(void *context, struct machine *m)
{
    struct seen *seen = context;
    const struct vmcs *v = &seen->s->vmx->vmcs[1];
    seen->exits += v->field[VMCS_EXIT_REASON] == 56;
    seen->notified += m->state->queue[1].sent > 0;
}

static struct seen look(const char *variant)
{
    struct seen seen = {.s = session_of_scenario(IRQWEAVE_IMAGES_DIR, SCENARIO, variant)};
    struct explore_options o = {.algorithm = ALGORITHM_OPTIMAL, .on_complete = note,
                                .context = &seen};
    struct explore_result r;
    session_explore(seen.s, &o, &r);
    seen.executions = r.complete;
    explore_result_free(&r);
    return seen;
}

/* V1 is safe because the processor posts, not because software does. */
Test(ipi_virtualization, V1_never_exits_for_the_icr)
{
    struct seen seen = look("V1-ipi");
    cr_expect_eq(seen.exits, 0);
    cr_expect_gt(seen.notified, 0);
}

Test(ipi_virtualization, V2_always_exits_for_the_icr)
{
    struct seen seen = look("V2-ipi");
    cr_assert_gt(seen.executions, 0);
    cr_expect_eq(seen.exits, seen.executions);
}
