/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cores that change remapping entries of an AMD IOMMU or read its GA log while a device fires: all
 * interleavings, the reduced explorations compared with plain DFS. T4.2 to T4.6 of the dossier, R3, R11 and
 * the contracts 4, 10, 11 and 12 of its section 5.3.
 */
#include "tests/amdvi_program.h"

enum { COUNT = 8 }; /* a variable */

/* ---- T4.3, contract 4: a vCPU that is about to sleep ---- */

/*
 * Core 1 takes IsRun away and asks for log entries, then looks at IRR before it sleeps. Is there an
 * interrupt that it does not see and of which nobody is told but a doorbell at the core that it has left?
 */
static bool loses_the_wakeup(bool fence)
{
    struct table_entry off = guest(VECTOR, PAGE_A, GA_LOG_INTR, 0);
    code_store_at(&code[1], ENTRY_AT, (uint32_t)off.low);
    if (fence)
        code_mfence(&code[1]);
    code_load_at(&code[1], 8, irr_at(PAGE_A));
    explore_all(guest(VECTOR, PAGE_A, IS_RUN, 0));
    cr_expect(states_with_both(&states, state_word(1, 8), BIT, BELLS, 1), "it came before");
    cr_expect(states_with_both(&states, state_word(1, 8), 0, LOG, TAG), "it came after");
    return states_with_both(&states, state_word(1, 8), 0, LOG, 0);
}

Test(amdvi_races, T43_isrun_fence_irr_loses_nothing)
{
    begin(1);
    cr_expect_not(loses_the_wakeup(true));
}

Test(amdvi_races, T43_without_the_fence_it_is_lost)
{
    begin(1);
    cr_expect(loses_the_wakeup(false));
}

/* The hardware's half of the contract. */
Test(amdvi_races, T43_with_isrun_first_it_is_lost)
{
    begin(1);
    knobs[KNOB_VAPIC_POST_ORDER] = 1;
    cr_expect(loses_the_wakeup(true));
}

/* GALogIntr that is cached: the entry was in the cache with GALogIntr = 0. */
static void second_behind_a_cached_first(void)
{
    begin(2);
    script[1].writes = 1;
    script[1].write[0] = (struct msi_write){PROGRAM_DATA + 8 * 8, 5};
    code_wait_until_set(&code[1], BELLS); /* the first one is in the cache */
    code_store_at(&code[1], irr_at(PAGE_A), 0);
    code_store_at(&code[1], ENTRY_AT, (uint32_t)guest(VECTOR, PAGE_A, GA_LOG_INTR, 0).low);
    code_mfence(&code[1]);
    code_load_at(&code[1], 8, irr_at(PAGE_A));
    code_load(&code[1], 9, 8); /* has the second one begun? */
}

Test(amdvi_races, T42_galogintr_counts_at_once)
{
    second_behind_a_cached_first();
    explore_all(guest(VECTOR, PAGE_A, IS_RUN, 0));
    cr_expect(states_with_both(&states, state_word(1, 9), 0, LOG, TAG));
    cr_expect_not(states_with_both(&states, state_word(1, 9), 0, LOG, 0));
}

Test(amdvi_races, T42_a_cached_galogintr_loses_the_wakeup)
{
    second_behind_a_cached_first();
    knobs[KNOB_IRTE_GALOGINTR] = 1;
    explore_all(guest(VECTOR, PAGE_A, IS_RUN, 0));
    cr_expect(states_with_both(&states, state_word(1, 9), 0, LOG, 0));
}

/* ---- T4.2, contract 11: vector and root pointer ---- */

/* Core 1 moves the entry from page A to page B, invalidates it if it is told to, takes a look at A, and another
 * one when all is over. Does an interrupt reach A between the two? */
static bool reaches_the_old_page(bool invalidates)
{
    code_store_at(&code[1], ENTRY_AT + 8, PAGE_B | VECTOR);
    if (invalidates) {
        code_submit(&code[1], 2);
        code_wait_until_set(&code[1], STATUS);
    } else {
        code_mfence(&code[1]);
    }
    code_load_at(&code[1], 9, irr_at(PAGE_A));
    script[0].count = PROGRAM_DATA + 8 * COUNT; /* with the bit in IRR, of whatever page */
    code_wait_until_set(&code[1], COUNT);
    code_load_at(&code[1], 8, irr_at(PAGE_A));
    explore_all(guest(VECTOR, PAGE_A, 0, 0));
    cr_expect(with(1, 9, BIT), "it may have come before");
    cr_expect(with(1, 8, 0), "the new entry may be the one that is read");
    return states_with_both(&states, state_word(1, 9), 0, state_word(1, 8), BIT);
}

Test(amdvi_races, T42_after_the_wait_only_the_new_page)
{
    begin(1);
    cr_expect_not(reaches_the_old_page(true));
}

Test(amdvi_races, T42_without_invalidation_the_old_page_is_used_later)
{
    begin(1);
    cr_expect(reaches_the_old_page(false));
}

Test(amdvi_races, T42_without_a_cache_the_wait_drains_too)
{
    begin(1);
    knobs[KNOB_IEC] = 1;
    cr_expect_not(reaches_the_old_page(true));
}

Test(amdvi_races, T42_a_wait_that_does_not_drain)
{
    begin(1);
    knobs[KNOB_COMPLETION_WAIT_DRAINS] = 1;
    cr_expect(reaches_the_old_page(true));
}

/* ---- T4.6, contract 10: entries of 128 bits ---- */

/* Adds to R9 what is in memory. */
static void code_or_into_r9(struct code *c, uint64_t physical)
{
    code_mov_long(c, 0, PROGRAM_BASE + physical);
    code_bytes(c, "\x44\x0b\x08", 3); /* or r9d, [rax] */
}

/*
 * A remapped entry becomes a guest's, or the other way round. A mixture of the two names page 0, and the vector of the
 * remapped entry there, or has reserved bits: then the interrupt is blocked, and the event log has its device.
 */
static void change_an_entry(bool activates, bool at_once)
{
    struct table_entry remapped = {1, INTERRUPT_LOW}, posted = guest(VECTOR, PAGE_A, 0, 0);
    struct table_entry old = activates ? remapped : posted, new = activates ? posted : remapped;
    if (at_once) {
        code_exchange_entry(&code[1], old, new);
    } else {
        code_store_quad(&code[1], ENTRY_AT, new.low);
        code_store_quad(&code[1], ENTRY_AT + 8, new.high);
    }
    mark_the_end();
    code_wait_until_set(&code[1], LOG);
    code_load_at(&code[1], 8, irr_at(PAGE_A));
    code_load_at(&code[1], 9, irr_at(0));
    code_or_into_r9(&code[1], EVENTS);
    explore_all(old);
    cr_expect(with(1, 8, BIT), "as a guest's");
    cr_expect(states_with_both(&states, state_word(1, 8), 0, state_word(1, 9), 0), "as a remapped one");
}

static bool page_0_is_reached(void)
{
    return with(1, 9, 1 << (INTERRUPT_LOW & 31));
}

static bool a_mixture_is_seen(void)
{
    return with(1, 9, 0) < states.count;
}

Test(amdvi_races, T46_two_stores_can_be_seen_half_done)
{
    begin(1);
    change_an_entry(true, false);
    cr_expect(page_0_is_reached());
}

Test(amdvi_races, T46_cmpxchg16b_is_seen_at_once)
{
    begin(1);
    change_an_entry(true, true);
    cr_expect_not(a_mixture_is_seen());
}

Test(amdvi_races, T46_cmpxchg16b_back_is_seen_at_once)
{
    begin(1);
    change_an_entry(false, true);
    cr_expect_not(a_mixture_is_seen());
}

/* ... if the unit reads 128 bits at once. */
Test(amdvi_races, T46_a_unit_that_reads_halves)
{
    begin(1);
    knobs[KNOB_IRTE_FETCH] = 1;
    change_an_entry(false, true);
    cr_expect(page_0_is_reached());
}

Test(amdvi_races, T46_a_unit_that_reads_halves_blocks_it)
{
    begin(1);
    knobs[KNOB_IRTE_FETCH] = 1;
    change_an_entry(true, true);
    cr_expect(with(1, 9, DEVICE_ID), "reserved bits: the upper half is the new one");
    cr_expect_not(page_0_is_reached());
}

/* Contract 12: an entry is cleared with RemapEn first. The other way round a guest's entry without a page is
 * seen: its bit goes to page 0. */
static bool clearing_reaches_page_0(bool low_first)
{
    code_store_quad(&code[1], ENTRY_AT + (low_first ? 0 : 8), 0);
    code_store_quad(&code[1], ENTRY_AT + (low_first ? 8 : 0), 0);
    mark_the_end();
    code_wait_until_set(&code[1], LOG);
    code_load_at(&code[1], 9, 0x200); /* vector 0 of page 0 */
    explore_all(guest(VECTOR, PAGE_A, 0, 0));
    return with(1, 9, 1);
}

Test(amdvi_races, T46_remap_en_is_cleared_first)
{
    begin(1);
    cr_expect_not(clearing_reaches_page_0(true));
}

Test(amdvi_races, T46_remap_en_is_cleared_last)
{
    begin(1);
    cr_expect(clearing_reaches_page_0(false));
}

/* Destination is in both halves: in-place stores show an id that nobody has (Linux 5.x and 6.1). */
static bool doorbell_is_lost(bool at_once)
{
    struct table_entry old = guest(VECTOR, PAGE_A, IS_RUN, 0x01000001);
    struct table_entry new = guest(VECTOR, PAGE_A, IS_RUN, 0x02000002);
    ids[0] = 0x01000001;
    ids[1] = 0x02000002;
    features |= AMDVI_XT_EN;
    bells_of_all = true;
    if (at_once) {
        code_exchange_entry(&code[1], old, new);
    } else {
        code_store_at(&code[1], ENTRY_AT, (uint32_t)new.low);
        code_store_at(&code[1], ENTRY_AT + 12, (uint32_t)(new.high >> 32));
    }
    explore_all(old);
    return with_variable(BELLS, 0) > 0;
}

Test(amdvi_races, T46_a_destination_that_is_half_changed)
{
    begin(1);
    cr_expect(doorbell_is_lost(false));
}

Test(amdvi_races, T46_a_destination_that_is_changed_at_once)
{
    begin(1);
    cr_expect_not(doorbell_is_lost(true));
}

/* The same by halves that are read one by one. */
Test(amdvi_races, T46_a_destination_that_is_read_by_halves)
{
    begin(1);
    knobs[KNOB_IRTE_FETCH] = 1;
    cr_expect(doorbell_is_lost(true));
}

/* ---- T4.4, R11: the GA log ---- */

/* U17: whoever sees the entry sees the bit. */
static bool entry_before_the_bit(void)
{
    code_wait_until_set(&code[1], LOG);
    code_load_at(&code[1], 9, irr_at(PAGE_A));
    explore_all(guest(VECTOR, PAGE_A, GA_LOG_INTR, 0));
    return with(1, 9, 0);
}

Test(amdvi_races, T44_irr_is_set_before_the_entry)
{
    begin(1);
    cr_expect_not(entry_before_the_bit());
}

Test(amdvi_races, T44_irr_last)
{
    begin(1);
    knobs[KNOB_VAPIC_POST_ORDER] = 2;
    cr_expect(entry_before_the_bit());
}

/* The handler of the GA log's interrupt finds entry and tail. */
Test(amdvi_races, T44_the_interrupt_comes_behind_the_entry)
{
    begin(1);
    features |= AMDVI_INT_CAP_XT_EN | AMDVI_GA_INT_EN;
    code_idle(&code[0]);
    code_wait_until_set(&code[1], INTERRUPT_COUNTER);
    code_load(&code[1], 8, LOG);
    code_load_at(&code[1], 9, irr_at(PAGE_A));
    explore_all(guest(VECTOR, PAGE_A, GA_LOG_INTR, 0));
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 1), states.count);
    cr_expect_eq(with(1, 8, TAG), states.count);
    cr_expect_eq(with(1, 9, BIT), states.count);
}

/* Room for one entry. Software that takes it in time gets the second one; otherwise that is lost for good,
 * and starting the log again does not bring it back. */
static void overflow(bool restarts)
{
    uint64_t on = features | AMDVI_IOMMU_EN | AMDVI_COMMAND_EN | AMDVI_EVENT_LOG_EN;
    ga_head = 16;
    code_wait_until_set(&code[1], LOG);
    if (restarts)
        code_write_register(&code[1], AMDVI_BASE + AMDVI_CONTROL, (uint32_t)on);
    code_write_register(&code[1], AMDVI_BASE + AMDVI_GA_HEAD, 0x100);
    if (restarts) {
        code_write_register(&code[1], AMDVI_BASE + AMDVI_STATUS, AMDVI_GA_OVERFLOW);
        code_write_register(&code[1], AMDVI_BASE + AMDVI_CONTROL, (uint32_t)(on | AMDVI_GA_LOG_EN));
    }
    explore_all(guest(VECTOR, PAGE_A, GA_LOG_INTR, 0));
}

Test(amdvi_races, T44_room_that_is_made_in_time)
{
    begin(2);
    overflow(false);
    cr_expect(states_with_both(&states, LOG, TAG, SECOND, TAG));
    cr_expect(states_with_both(&states, LOG, TAG, SECOND, 0), "it came too early");
}

Test(amdvi_races, T44_what_is_lost_stays_lost)
{
    begin(2);
    overflow(true);
    cr_expect(states_with_both(&states, LOG, TAG, SECOND, TAG));
    cr_expect(states_with_both(&states, LOG, TAG, SECOND, 0));
}

/* A device's store is visible before its interrupt (PCIe: posted writes). */
Test(amdvi_races, data_before_the_interrupt)
{
    begin(1);
    script[0].writes = 1;
    script[0].write[0] = (struct msi_write){PROGRAM_DATA + 8 * 8, 5};
    code_load_at(&code[1], 8, irr_at(PAGE_A));
    code_load(&code[1], 9, 8);
    explore_all(guest(VECTOR, PAGE_A, 0, 0));
    cr_expect(states_with_both(&states, state_word(1, 8), 0, state_word(1, 9), 5));
    cr_expect(states_with_both(&states, state_word(1, 8), BIT, state_word(1, 9), 5));
    cr_expect_not(states_with_both(&states, state_word(1, 8), BIT, state_word(1, 9), 0));
}
