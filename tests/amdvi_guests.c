/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device's interrupt through a guest mode entry of an AMD IOMMU to an AVIC guest that runs, is about to, moves
 * or has gone to sleep: all interleavings of real machine code. LT2, LT5, T4.3 and T4.5 of the dossier, its
 * invariants I1, I5 and I8.
 */
#include "tests/amdvi_guests_fixture.h"

enum { READY = 7, LIMIT = 400000 };

static void explore_as_dfs(void)
{
    char text[200] = "";
    struct program *p = avic_program_open(&a);
    enum agreement how = agree_with_dfs(p, LIMIT, &states, text, sizeof text);
    cr_assert_neq(how, DIFFERS, "%s", text);
    cr_assert_eq(how, AGREES, "too large for DFS");
    program_free(p);
}

/* For programs that are too large for that, or with a knob that is not at its default. */
static void explore_reduced(const char *knob)
{
    struct program *p = avic_program_open(&a);
    cr_assert(!knob || knob_set(&p->m->knobs, knob), "%s", knob);
    cr_assert(interrupts_explore(p, ALGORITHM_OPTIMAL, false, 4000000, &states));
    cr_assert_gt(states.count, 0);
    program_free(p);
}

/* ---- A vCPU that runs, or is about to ---- */

static void to_a_guest(void)
{
    begin(1, IS_RUN);
    code_idle(&a.core[0].guest);
}

Test(amdvi_guests, I1_I5_it_is_taken_once)
{
    to_a_guest();
    explore_as_dfs();
    cr_expect_eq(states_with(&states, COUNT, 1), states.count);
}

/* Two of the same vector: one or two, never none. */
Test(amdvi_guests, I1_two_are_taken_at_least_once)
{
    to_a_guest();
    interrupts = 2;
    explore_reduced(NULL);
    cr_expect_eq(states_with(&states, COUNT, 1) + states_with(&states, COUNT, 2), states.count);
    cr_expect(states_with(&states, COUNT, 1) && states_with(&states, COUNT, 2));
}

/* A doorbell that overtakes its bit. */
Test(amdvi_guests, irr_last_loses_it)
{
    to_a_guest();
    explore_reduced("vapic-post-order=irr-last");
    cr_expect(states_with(&states, COUNT, 0));
}

/* IsRun = 0 for a guest that runs: it takes the interrupt at its next VMRUN, and there is none. (What Linux up to
 * 6.16 leaves behind when it activates an entry of a vCPU that runs.) */
Test(amdvi_guests, R8_an_entry_that_says_not_running)
{
    to_a_guest();
    entry &= ~(uint32_t)IS_RUN;
    explore_as_dfs();
    cr_expect(states_with(&states, COUNT, 0));
    cr_expect(states_with(&states, COUNT, 1), "it came before VMRUN");
}

/* ---- LT2, T4.3: a vCPU that goes to sleep ---- */

/*
 * CPU0 takes IsRun away and asks for log entries, looks into IRR behind a fence, and sleeps (R8 = 0) or runs its
 * guest. The GA log's interrupt counts at CPU1, where a host would wake the vCPU.
 */
static void block(bool fence)
{
    struct code *h = &a.core[0].host;
    begin(2, IS_RUN);
    a.core[0].enters = a.core[1].enters = false;
    code_store_at(h, ENTRY_AT, 1 | 1 << 7 | GA_LOG_INTR);
    if (fence)
        code_mfence(h);
    code_load_at(h, 8, AVIC_PAGE + 0x200 + ((VECTOR & 0xe0) >> 1));
    code_idle(&a.core[1].host);
    code_add(&a.high, 1, 1); /* variable 1 */
}

static unsigned asleep_and_nobody_knows(void)
{
    return states_with_both(&states, state_word(0, 8), 0, 1, 0);
}

Test(amdvi_guests, LT2_somebody_wakes_it_or_it_stays_awake)
{
    block(true);
    explore_as_dfs();
    cr_expect_eq(asleep_and_nobody_knows(), 0);
    cr_expect(states_with_both(&states, state_word(0, 8), 0, 1, 1));
    cr_expect(states_with_both(&states, state_word(0, 8), IRR_BIT, 1, 0));
}

Test(amdvi_guests, LT2_without_the_fence)
{
    block(false);
    explore_as_dfs();
    cr_expect(asleep_and_nobody_knows());
}

Test(amdvi_guests, LT2_with_isrun_first)
{
    block(true);
    explore_reduced("vapic-post-order=isrun-first");
    cr_expect(asleep_and_nobody_knows());
}

/* ---- LT5, T4.5, I8: a vCPU that moves ---- */

/* It leaves CPU0; its host says in the entry where it goes, without an invalidation, and CPU1 runs it. The doorbell may
 * be for the core that it left. */
static void migrate(void)
{
    uint32_t rip = (uint32_t)(PROGRAM_BASE + AVIC_VMCB + offsetof(struct vmcb, save.rip));
    begin(2, IS_RUN);
    code_bytes(&a.core[0].guest, "\x0f\x01\xd9", 3); /* vmmcall: exits */
    code_idle(&a.core[0].guest);
    code_bytes(&a.core[0].exit, "\x48\x83\x04\x25", 4); /* add qword [VMCB.rip], 3 */
    code_bytes(&a.core[0].exit, &rip, 4);
    code_bytes(&a.core[0].exit, "\x03", 1);
    code_store_at(&a.core[0].exit, ENTRY_AT, 1 | 1 << 7 | IS_RUN | 1 << 8);
    code_store(&a.core[0].exit, READY, 1);
    code_wait_until_set(&a.core[1].host, READY);
    a.core[1].vmcb = 0;
    a.model = MEMORY_SC;
}

Test(amdvi_guests, T45_taken_where_it_went)
{
    migrate();
    explore_reduced(NULL);
    cr_expect_eq(states_with(&states, COUNT, 1), states.count);
}

/* An entry that still says CPU0 when it runs at CPU1: nobody tells it. */
Test(amdvi_guests, T45_an_entry_that_is_not_updated)
{
    migrate();
    a.core[0].exit.size = 9;
    code_store(&a.core[0].exit, READY, 1);
    explore_reduced(NULL);
    cr_expect(states_with(&states, COUNT, 0));
}
