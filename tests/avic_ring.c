/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ring of vCPUs with AVIC: each variant of the scenario avic-ring against what its scenario.yaml expects, which its README.md
 * derives; and that the ring does what it says.
 */
#include <criterion/criterion.h>

#include "tests/support/effort.h"
#include "tests/support/expectations.h"
#include "tests/support/sessions.h"

#define SCENARIO "avic-ring"

enum { WINDOW_BITS = 0x7fffffff, FIRST = 0x41, STEP = 0x10, VCPUS = 3 };

Test(avic_ring, wakes_each_other_tso, .timeout = 300)
{
    expect_large_variant_under(MEMORY_TSO, SCENARIO, "V0-2");
}

Test(avic_ring, wakes_each_other_sc, .timeout = 300)
{
    expect_large_variant_under(MEMORY_SC, SCENARIO, "V0-2");
}

Test(avic_ring, erratum_hangs, .timeout = 300)
{
    expect_variant(SCENARIO, "E-V0-2");
}

/* Under SC as well: ./irqweave reproduce avic-ring. */
Test(avic_ring, erratum_W5_is_safe, .timeout = 300)
{
    expect_large_variant_under(MEMORY_TSO, SCENARIO, "E-W5-2");
}

/* ---- Three vCPUs: samples ---- */

struct seen {
    const struct session *s;
    uint64_t whole; /* executions in which each vCPU has handled its vector once */
    uint64_t broken;
};

static uint64_t handled(const struct session *s, unsigned vector)
{
    const struct image_symbol *counters = image_symbol(&s->image, "guest_handled");
    cr_assert(counters);
    return memory_read(&s->m->memory, (counters->address & WINDOW_BITS) + 4 * vector, 4);
}

static void note(void *context, struct machine *m)
{
    struct seen *seen = context;
    bool whole = true;
    (void)m;
    for (unsigned vcpu = 0; vcpu < VCPUS; vcpu++)
        whole &= handled(seen->s, FIRST + STEP * vcpu) == 1;
    whole ? seen->whole++ : seen->broken++;
}

static struct seen sample(const char *variant, enum memory_model model, enum verdict expected)
{
    struct session *s = session_of_scenario(IRQWEAVE_IMAGES_DIR, SCENARIO, variant);
    struct seen seen = {.s = s};
    struct explore_options o = {.algorithm = ALGORITHM_PCT, .raw = true, .max_executions = s->variant->sample,
                                .on_complete = note, .context = &seen};
    struct explore_result r;
    session_configure(s, model, NULL);
    session_explore(s, &o, &r);
    cr_expect_eq(r.verdict, expected, "%s", variant);
    cr_expect_eq(r.verdict, model == MEMORY_SC ? s->variant->expected.sc : s->variant->expected.tso);
    cr_expect_gt(r.complete, 0);
    cr_expect_eq(r.complete, s->variant->sample);
    explore_result_free(&r);
    session_close(s);
    return seen;
}

/* Once around, in each execution. */
Test(avic_ring, three_vcpus, .timeout = 300)
{
    for (enum memory_model model = MEMORY_TSO; model <= MEMORY_SC; model++) {
        cr_expect_eq(sample("V0-3", model, VERDICT_INCOMPLETE).broken, 0);
        cr_expect_eq(sample("E-W5-3", model, VERDICT_INCOMPLETE).broken, 0);
    }
}

/* Some get around, and some hang. */
Test(avic_ring, three_vcpus_erratum_hangs, .timeout = 300)
{
    for (enum memory_model model = MEMORY_TSO; model <= MEMORY_SC; model++) {
        struct seen seen = sample("E-V0-3", model, VERDICT_VIOLATION);
        cr_expect_gt(seen.whole, 0);
        cr_expect_gt(seen.broken, 0);
    }
}
