/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cores that change the remapping table, a VT-d unit and a device that fires meanwhile: all
 * interleavings, the reduced explorations compared with plain DFS. Rows D3, D4 and D6.
 */
#include "tests/vtd_program.h"

/* ---- D3 ---- */

/* 5.2.4: the device's store is visible before the PIR bit of the interrupt behind it. */
Test(vtd_races, D3_data_before_the_posted_interrupt)
{
    begin(1);
    script[0].writes = 1;
    script[0].write[0] = (struct msi_write){PROGRAM_DATA + 8 * 8, 5};
    code_load(&code[1], 8, X);
    code_load(&code[1], 9, 8);
    explore_all(posted(VECTOR, PID_A));
    cr_expect(states_with_both(&states, state_word(1, 8), 0, state_word(1, 9), 5));
    cr_expect(states_with_both(&states, state_word(1, 8), 1 << VECTOR, state_word(1, 9), 5));
    cr_expect_not(states_with_both(&states, state_word(1, 8), 1 << VECTOR, state_word(1, 9), 0));
}

/* ... and before a remapped one, whose handler looks at it. */
Test(vtd_races, D3_data_before_the_remapped_interrupt)
{
    begin(1);
    script[0].writes = 1;
    script[0].write[0] = (struct msi_write){PROGRAM_DATA + 8 * 8, 5};
    code_idle(&code[0]);
    code_load(&code[1], 8, INTERRUPT_COUNTER);
    code_load(&code[1], 9, 8);
    explore_all((struct table_entry){1 | INTERRUPT_LOW << 16, 0});
    cr_expect(states_with_both(&states, state_word(1, 8), 1, state_word(1, 9), 5));
    cr_expect_not(states_with_both(&states, state_word(1, 8), 1, state_word(1, 9), 0));
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 1), states.count, "handled in the end");
}

/* ---- D4 ---- */

/*
 * Core 1 retargets the entry from A to B, invalidates it if it is told to, and takes a look at A's
 * PIR. Does an interrupt reach A after that?
 */
static bool reaches_the_old_descriptor(bool invalidates)
{
    code_retarget(&code[1], PID_B);
    if (invalidates) {
        code_submit(&code[1], 2);
        code_wait_until_set(&code[1], STATUS);
    } else {
        code_mfence(&code[1]);
    }
    code_load(&code[1], 8, X);
    explore_all(posted(VECTOR, PID_A));
    cr_expect(with(1, 8, 1 << VECTOR), "it may have come before");
    cr_expect(with_variable(X, 0) || interrupts > 1, "the new entry may be the first that is read");
    return states_with_both(&states, state_word(1, 8), 0, X, 1 << VECTOR);
}

Test(vtd_races, D4_after_the_wait_only_the_new_entry)
{
    begin(2);
    cr_expect_not(reaches_the_old_descriptor(true));
}

Test(vtd_races, D4_without_invalidation_the_old_entry_is_used_later)
{
    begin(1);
    cr_expect(reaches_the_old_descriptor(false), "looked up before, posted after");
}

/*
 * The first interrupt has filled the cache; the second one has not begun when core 1 has retargeted the
 * entry and emptied A's PIR: the device's store, which comes before, is not there.
 */
static void second_after_the_change(void)
{
    begin(2);
    script[1].writes = 1;
    script[1].write[0] = (struct msi_write){PROGRAM_DATA + 8 * 8, 5};
    code_wait_until_set(&code[1], X);
    code_retarget(&code[1], PID_B);
    code_store(&code[1], X, 0);
    code_mfence(&code[1]);
    code_load(&code[1], 9, 8);
}

Test(vtd_races, D4_the_old_entry_comes_from_the_cache)
{
    second_after_the_change();
    explore_all(posted(VECTOR, PID_A));
    cr_expect(states_with_both(&states, state_word(1, 9), 0, X, 1 << VECTOR));
    cr_expect_not(states_with_both(&states, state_word(1, 9), 0, X, 0));
}

Test(vtd_races, D4_without_a_cache_the_new_entry_is_seen_at_once)
{
    second_after_the_change();
    knob_iec = 1;
    explore_all(posted(VECTOR, PID_A));
    cr_expect_not(states_with_both(&states, state_word(1, 9), 0, X, 1 << VECTOR));
}

/* A processor-side view of the knob: complete, and the interrupt still comes. */
Test(vtd_races, D4_a_wait_that_does_not_drain)
{
    begin(1);
    knob_drains = 1;
    cr_expect(reaches_the_old_descriptor(true));
}

Test(vtd_races, D4_without_a_cache_the_wait_drains_too)
{
    begin(1);
    knob_iec = 1;
    cr_expect_not(reaches_the_old_descriptor(true));
}

/* The tail is moved and nobody waits: as bad as no invalidation. */
Test(vtd_races, D4_software_that_does_not_wait)
{
    begin(1);
    code_retarget(&code[1], PID_B);
    code_submit(&code[1], 2);
    code_load(&code[1], 8, X);
    explore_all(posted(VECTOR, PID_A));
    cr_expect(states_with_both(&states, state_word(1, 8), 0, X, 1 << VECTOR));
}

/* ---- Entries are read at once ---- */

/* The old entry admits the device, the new one does not. Vector 21 with the old check is a mixture. */
static const uint64_t verify = 1ull << 18;

static bool is_torn(bool at_once)
{
    struct table_entry old = posted(VECTOR, PID_A), new = posted(OTHER, PID_A);
    old.high = verify | REQUESTER;
    new.high = verify | (REQUESTER ^ 1);
    begin(1);
    if (at_once) {
        code_exchange_entry(&code[1], old, new);
    } else {
        code_store_quad(&code[1], ENTRY_AT, new.low);
        code_store_quad(&code[1], ENTRY_AT + 8, new.high);
    }
    explore_all(old);
    cr_expect(with_variable(X, 1 << VECTOR));
    cr_expect(with_variable(X, 0), "blocked by the new entry");
    return with_variable(X, 1 << OTHER);
}

Test(vtd_races, two_stores_can_be_seen_half_done)
{
    cr_expect(is_torn(false));
}

Test(vtd_races, cmpxchg16b_is_seen_at_once)
{
    cr_expect_not(is_torn(true));
}

/* ---- D6 ---- */

/* SN is set while the device posts. Core 0 clears it, and looks at PIR or not, then waits. */
static void clear_suppression(bool scans)
{
    begin(1);
    code_mov_long(&code[0], 0, PROGRAM_BASE + PID_C + PID_CONTROL);
    code_bytes(&code[0], "\xf0\x83\x20\xfd", 4); /* lock and dword [rax], ~SN */
    if (scans)
        code_load(&code[0], 8, variable_at(PID_C));
    code_idle(&code[0]);
    explore_all(posted(VECTOR, PID_C));
}

Test(vtd_races, D6_with_a_scan_nothing_is_lost)
{
    clear_suppression(true);
    cr_expect(states_with_both(&states, INTERRUPT_COUNTER, 0, state_word(0, 8), 1 << VECTOR));
    cr_expect(with_variable(INTERRUPT_COUNTER, 1));
    cr_expect_not(states_with_both(&states, INTERRUPT_COUNTER, 0, state_word(0, 8), 0));
}

Test(vtd_races, D6_without_a_scan_it_waits_for_the_next_post)
{
    clear_suppression(false);
    cr_expect(with_variable(INTERRUPT_COUNTER, 0));
    cr_expect(with_variable(INTERRUPT_COUNTER, 1));
}

/* ... which notifies for both. */
Test(vtd_races, D6_the_next_post_notifies)
{
    begin(2);
    code_mov_long(&code[0], 0, PROGRAM_BASE + PID_C + PID_CONTROL);
    code_wait_until_set(&code[0], variable_at(PID_C)); /* the first is there */
    code_bytes(&code[0], "\xf0\x83\x20\xfd", 4);
    code_idle(&code[0]);
    script[1].writes = 1;
    script[1].write[0] = (struct msi_write){PROGRAM_DATA + 8 * 30, 1};
    explore_all(posted(VECTOR, PID_C));
    cr_expect(with_variable(INTERRUPT_COUNTER, 1), "the second one came after SN was cleared");
    cr_expect(with_variable(INTERRUPT_COUNTER, 0), "both came before");
}
