/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPIs that the processor posts: each variant of the scenario ipi-virtualization against what its
 * scenario.yaml expects; README.md there says why.
 */
#include <criterion/criterion.h>

#include "tests/support/expectations.h"
#include "tests/support/sessions.h"

#define SCENARIO "ipi-virtualization"

Test(ipi_virtualization, V1_one_ipi_is_safe)
{
    expect_variant(SCENARIO, "V1-ipi");
}

Test(ipi_virtualization, V1_two_ipis_are_safe, .timeout = 300)
{
    expect_large_variant(SCENARIO, "V1-ipi2");
    expect_large_variant(SCENARIO, "V1-same");
}

Test(ipi_virtualization, V1_beside_a_device_is_safe, .timeout = 300)
{
    expect_large_variant(SCENARIO, "V1-device");
}

Test(ipi_virtualization, V2_without_an_entry_is_safe)
{
    expect_variant(SCENARIO, "V2-ipi");
}

Test(ipi_virtualization, V3_forgets_the_exit)
{
    expect_variant(SCENARIO, "V3-ipi");
}

Test(ipi_virtualization, V4_clears_on_too_late, .timeout = 300)
{
    expect_large_variant(SCENARIO, "V4-ipi2");
}

Test(ipi_virtualization, V5_exchanged_ids_hit_the_wrong_vcpu)
{
    expect_variant(SCENARIO, "V5-ids");
}

Test(ipi_virtualization, V6_without_ipi_virtualization_software_goes_by_ids)
{
    expect_variant(SCENARIO, "V6-ids");
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
    session_close(seen.s);
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
