/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of one local APIC, row by row of docs/model/lapic-registers.md (SDM vol. 3, APIC). */
#include <criterion/criterion.h>

#include "lapic/esr.h"
#include "lapic/logical.h"
#include "lapic/lvt.h"
#include "lapic/mode.h"

static struct apic_regs enabled_apic(void)
{
    struct apic_regs r = {.id = 0x23};
    r.base = APIC_BASE_ADDRESS | APIC_BASE_EN | APIC_BASE_EXTD;
    apic_reset_registers(&r);
    apic_write_svr(&r, APIC_SVR_ENABLE | 0xff);
    return r;
}

static unsigned deliverable_with(unsigned isr, unsigned irr)
{
    struct apic_regs r = enabled_apic();
    bits256_set(r.isr, isr);
    bits256_set(r.irr, irr);
    return apic_deliverable(&r);
}

Test(lapic, L1_reset_values)
{
    struct apic_regs r = {.id = 7, .base = APIC_BASE_ADDRESS | APIC_BASE_EN, .tpr = 9};
    apic_reset_registers(&r);
    cr_assert_eq(r.id, 7);
    cr_assert_eq(r.svr, 0xff);
    cr_assert_eq(r.tpr, 0);
    for (unsigned i = 0; i < LVT_COUNT; i++)
        cr_assert_eq(r.lvt[i], 0x10000);
}

Test(lapic, L2_base_transitions)
{
    static const uint64_t bits[4] = {0, APIC_BASE_EN, APIC_BASE_EN | APIC_BASE_EXTD,
                                     APIC_BASE_EXTD};
    /* rows: from disabled, xAPIC, x2APIC; columns: to disabled, xAPIC, x2APIC, invalid */
    static const bool allowed[3][4] = {{1, 1, 0, 0}, {1, 1, 1, 0}, {1, 0, 1, 0}};
    for (unsigned from = 0; from < 3; from++)
        for (unsigned to = 0; to < 4; to++)
            cr_expect_eq(apic_base_allowed(APIC_BASE_ADDRESS | bits[from],
                                           APIC_BASE_ADDRESS | bits[to], 46),
                         allowed[from][to], "from %u to %u", from, to);
}

Test(lapic, L2_base_reserved_bits_fault)
{
    uint64_t base = APIC_BASE_ADDRESS | APIC_BASE_EN;
    cr_expect(apic_base_allowed(base, base | APIC_BASE_BSP, 46));
    cr_expect_not(apic_base_allowed(base, base | 1, 46));
    cr_expect_not(apic_base_allowed(base, base | 1 << 9, 46));
    cr_expect_not(apic_base_allowed(base, base | 1ull << 46, 46));
}

Test(lapic, L6_ldr_is_derived_from_the_id)
{
    cr_assert_eq(apic_logical_id(0x23), 0x00020008);
}

Test(lapic, L10_ppr_from_tpr_and_isr)
{
    struct apic_regs r = enabled_apic();
    bits256_set(r.isr, 0x41);
    r.tpr = 0x50;
    cr_expect_eq(apic_ppr(&r, false), 0x50);
    r.tpr = 0x30;
    cr_expect_eq(apic_ppr(&r, false), 0x40);
    r.tpr = 0x4a;
    cr_expect(apic_ppr_is_ambiguous(&r));
    cr_expect_eq(apic_ppr(&r, false), 0x4a);
    cr_expect_eq(apic_ppr(&r, true), 0x40);
}

Test(lapic, L10_ppr_is_tpr_when_nothing_is_in_service)
{
    struct apic_regs r = enabled_apic();
    r.tpr = 0x0a;
    cr_expect_not(apic_ppr_is_ambiguous(&r));
    cr_expect_eq(apic_ppr(&r, true), 0x0a);
}

Test(lapic, L11_same_class_waits_for_eoi)
{
    cr_expect_eq(deliverable_with(0x5f, 0x51), 0);
    cr_expect_eq(deliverable_with(0x51, 0x5f), 0);
    cr_expect_eq(deliverable_with(0x5f, 0x60), 0x60);
}

Test(lapic, L12_same_vector_is_queued_once_more)
{
    struct apic_regs r = enabled_apic();
    bool broadcast;
    cr_assert(apic_accept_fixed(&r, 0x41, false));
    cr_assert_eq(apic_acknowledge(&r), 0x41);
    for (unsigned i = 0; i < 3; i++)
        cr_assert(apic_accept_fixed(&r, 0x41, false));
    cr_assert_eq(apic_deliverable(&r), 0);
    cr_assert_eq(apic_end_of_interrupt(&r, &broadcast), 0x41);
    cr_assert_eq(apic_acknowledge(&r), 0x41);
    cr_assert_eq(apic_end_of_interrupt(&r, &broadcast), 0x41);
    cr_assert_eq(apic_deliverable(&r), 0);
}

Test(lapic, L13_illegal_vector_is_an_error_only)
{
    struct apic_regs r = enabled_apic();
    cr_expect_not(apic_accept_fixed(&r, 0x0f, false));
    cr_expect_eq(bits256_highest(r.irr), 0);
    cr_expect_eq(r.esr, 0, "not readable before a write");
    apic_write_esr(&r);
    cr_expect_eq(r.esr, APIC_ESR_RECEIVE_ILLEGAL);
    apic_write_esr(&r);
    cr_expect_eq(r.esr, 0, "the second write finds no new error");
}

Test(lapic, L13_error_raises_the_lvt_entry_once)
{
    struct apic_regs r = enabled_apic();
    apic_write_lvt(&r, LVT_ERROR, 0xfe);
    apic_log_error(&r, APIC_ESR_SEND_ILLEGAL);
    cr_assert(bits256_test(r.irr, 0xfe));
    bits256_clear(r.irr, 0xfe);
    apic_log_error(&r, APIC_ESR_SEND_ILLEGAL);
    cr_assert_not(bits256_test(r.irr, 0xfe));
}

Test(lapic, L14_spurious_when_tpr_was_raised)
{
    struct apic_regs r = enabled_apic();
    cr_assert(apic_accept_fixed(&r, 0x41, false));
    r.tpr = 0x40;
    cr_assert_eq(apic_acknowledge(&r), 0xff);
    cr_assert_eq(bits256_highest(r.isr), 0);
    cr_assert(bits256_test(r.irr, 0x41));
}

/* SDM vol. 3, 10.8.5: what counts is how the interrupt was accepted last. */
Test(lapic, L15_edge_triggered_eoi_is_not_broadcast)
{
    struct apic_regs r = enabled_apic();
    bool broadcast;
    for (unsigned i = 0; i < 2; i++) {
        cr_assert(apic_accept_fixed(&r, 0x61, false));
        cr_assert_eq(apic_acknowledge(&r), 0x61);
        cr_assert_eq(apic_end_of_interrupt(&r, &broadcast), 0x61);
        cr_assert_not(broadcast);
        bits256_set(r.tmr, 0x61); /* as a level-triggered one leaves it behind */
    }
}

Test(lapic, L15_level_triggered_eoi_is_broadcast)
{
    struct apic_regs r = enabled_apic();
    bool broadcast;
    cr_assert(apic_accept_fixed(&r, 0x61, true));
    cr_assert_eq(apic_acknowledge(&r), 0x61);
    cr_assert_eq(apic_end_of_interrupt(&r, &broadcast), 0x61);
    cr_assert(broadcast);
    cr_assert(bits256_test(r.tmr, 0x61), "TMR keeps its bit");
    apic_write_svr(&r, r.svr | APIC_SVR_SUPPRESS_EOI);
    bits256_set(r.isr, 0x61);
    cr_assert_eq(apic_end_of_interrupt(&r, &broadcast), 0x61);
    cr_assert_not(broadcast);
}

/* SDM vol. 3, 10.8.5: EOI ends the interrupt of the highest priority that is in service. */
Test(lapic, eoi_ends_the_highest_in_service)
{
    struct apic_regs r = enabled_apic();
    bool broadcast;
    bits256_set(r.isr, 0x41);
    bits256_set(r.isr, 0x61);
    cr_assert_eq(apic_end_of_interrupt(&r, &broadcast), 0x61);
    cr_assert(bits256_test(r.isr, 0x41));
    cr_assert_eq(apic_end_of_interrupt(&r, &broadcast), 0x41);
}

Test(lapic, L15_eoi_with_nothing_in_service_is_harmless)
{
    struct apic_regs r = enabled_apic();
    struct apic_regs before = r;
    bool broadcast;
    cr_assert_eq(apic_end_of_interrupt(&r, &broadcast), 0);
    cr_assert_not(broadcast);
    cr_assert_arr_eq(&r, &before, sizeof r);
}

Test(lapic, L16_software_disabled_drops_fixed)
{
    struct apic_regs r = enabled_apic();
    apic_write_svr(&r, 0xff);
    cr_expect_not(apic_accept_fixed(&r, 0x41, false));
    cr_expect_eq(bits256_highest(r.irr), 0);
}

Test(lapic, software_disable_masks_all_lvt_entries)
{
    struct apic_regs r = enabled_apic();
    apic_write_lvt(&r, LVT_TIMER, 0xec);
    cr_expect_eq(r.lvt[LVT_TIMER], 0xec);
    apic_write_svr(&r, 0xff);
    cr_expect_eq(r.lvt[LVT_TIMER], 0x100ec);
    apic_write_lvt(&r, LVT_TIMER, 0xec);
    cr_expect_eq(r.lvt[LVT_TIMER], 0x100ec, "the mask cannot be cleared");
}

/* A naive twin of the bit array, driven by the same operations. */
Test(lapic, bits256_against_a_naive_twin)
{
    uint32_t bits[8] = {0};
    bool twin[256] = {0};
    uint32_t seed = 12345;
    for (unsigned i = 0; i < 20000; i++) {
        seed = seed * 1664525 + 1013904223;
        unsigned n = seed >> 24;
        twin[n] = seed >> 23 & 1;
        if (twin[n])
            bits256_set(bits, n);
        else
            bits256_clear(bits, n);
        unsigned highest = 0;
        for (unsigned k = 0; k < 256; k++)
            highest = twin[k] ? k : highest;
        cr_assert_eq(bits256_highest(bits), highest);
        cr_assert_eq(bits256_test(bits, n), twin[n]);
    }
}
