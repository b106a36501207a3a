/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local vector table: what software can write by instructions, and what happens when the source of
 * an entry raises it (SDM vol. 3, 10.4.7.2, 10.5.1, 10.5.3).
 */
#include "tests/lapic_fixture.h"

TestSuite(lapic_lvt, .init = set_up);

static const uint32_t entry[LVT_COUNT] = {0x2f0, 0x320, 0x330, 0x340, 0x350, 0x360, 0x370};

/* Core 0 writes the entry in xAPIC mode, waits until its source has raised it `times`, takes what comes and
 * ends; back comes what the entry reads then. */
static uint64_t raise(enum apic_lvt which, uint32_t value, unsigned times)
{
    set_up();
    to_xapic(0);
    store(0, entry[which], value);
    op(0, AWAIT, 0, 1);
    op(0, OPEN, 0, 0);
    unsigned read = load(0, entry[which]);
    start();
    run();
    for (unsigned i = 0; i < times; i++)
        lapic_raise(l, 0, which);
    memory_write(&m->memory, at(apic_test_sync) - WINDOW, 4, 1);
    run();
    return result(0, read);
}

static bool nothing_came(void)
{
    return memory_read(&m->memory, LISTS + 0x1000, 4) == 0;
}

Test(lapic_lvt, entries_raise_their_vectors_unless_masked)
{
    for (unsigned i = 0; i < LVT_COUNT; i++) {
        uint32_t written = i == LVT_PMC ? 0x10051 : 0x51; /* that one masks itself */
        cr_expect_eq(raise((enum apic_lvt)i, 0x51, 1), written, "%u", i);
        cr_expect(TOOK(0, 0x51), "%u", i);
        raise((enum apic_lvt)i, 0x10051, 1);
        cr_expect(nothing_came(), "%u", i);
    }
}

/* SDM vol. 3, 10.5.1: the performance counter has to be unmasked again. */
Test(lapic_lvt, the_pmc_entry_masks_itself)
{
    cr_expect_eq(raise(LVT_PMC, 0x400, 1), 0x10400);
    cr_expect(TOOK(0, 2), "an NMI");
    cr_expect_eq(raise(LVT_PMC, 0x51, 2), 0x10051);
    cr_expect(TOOK(0, 0x51));
}

Test(lapic_lvt, delivery_mode_nmi_is_of_the_entries_that_have_one)
{
    raise(LVT_LINT1, 0x451, 1);
    cr_expect(TOOK(0, 2));
    raise(LVT_THERMAL, 0x451, 1);
    cr_expect(TOOK(0, 2));
    raise(LVT_ERROR, 0x451, 1); /* bit 10 does not exist there */
    cr_expect(TOOK(0, 0x51));
}

/* SDM vol. 3, 10.5.1: remote IRR is set by acceptance and cleared by EOI; TMR shows the level. */
Test(lapic_lvt, a_level_triggered_lint0_waits_for_eoi)
{
    cr_expect_eq(raise(LVT_LINT0, 0x8051, 2), 0x8051, "the handler has sent EOI");
    cr_expect(TOOK(0, 0x51));
    cr_expect(bits256_test(lapic_regs(l, 0)->tmr, 0x51));
    lapic_regs(l, 0)->tpr = 0xf0;
    lapic_raise(l, 0, LVT_LINT0);
    cr_expect_eq(lapic_regs(l, 0)->lvt[LVT_LINT0], 0xc051);
}

Test(lapic_lvt, an_edge_triggered_lint0_does_not)
{
    cr_expect_eq(raise(LVT_LINT0, 0x51, 1), 0x51);
    cr_expect(TOOK(0, 0x51));
    cr_expect_not(bits256_test(lapic_regs(l, 0)->tmr, 0x51));
}

/* SDM vol. 3, 10.5.1: software must not configure it so. */
Test(lapic_lvt, lint1_must_be_edge_triggered)
{
    raise(LVT_LINT1, 0x8051, 1);
    cr_assert_eq(m->state->finding_count, 1);
    cr_expect_eq(m->state->finding[0].kind, FINDING_LIMIT);
    cr_expect(strstr(m->state->finding[0].message, "LINT1 is level triggered"));
}

/* SDM vol. 3, 10.4.7.2: all masks are set, and cannot be cleared before SVR[8] is set again. */
Test(lapic_lvt, software_disable_masks_all_entries)
{
    unsigned masked[LVT_COUNT], kept[LVT_COUNT], freed[LVT_COUNT];
    to_xapic(0);
    for (unsigned i = 0; i < LVT_COUNT; i++)
        store(0, entry[i], 0x51);
    store(0, 0x0f0, 0xff);
    for (unsigned i = 0; i < LVT_COUNT; i++) {
        masked[i] = load(0, entry[i]);
        store(0, entry[i], 0x52);
        kept[i] = load(0, entry[i]);
    }
    store(0, 0x0f0, 0x1ff);
    unsigned still = load(0, entry[LVT_LINT0]);
    for (unsigned i = 0; i < LVT_COUNT; i++) {
        store(0, entry[i], 0x52);
        freed[i] = load(0, entry[i]);
    }
    execute();
    for (unsigned i = 0; i < LVT_COUNT; i++) {
        cr_expect_eq(result(0, masked[i]), 0x10051, "%u", i);
        cr_expect_eq(result(0, kept[i]), 0x10052, "%u", i);
        cr_expect_eq(result(0, freed[i]), 0x52, "%u", i);
    }
    cr_expect_eq(result(0, still), 0x10052, "enabling clears no mask");
}

/* SDM vol. 3, 10.4.7.2: what is pending and in service is held. */
Test(lapic_lvt, software_disable_keeps_irr_and_isr)
{
    bits256_set(lapic_regs(l, 0)->isr, 0x41);
    to_x2apic(0);
    wrmsr(0, 0x83f, 0x51);
    wrmsr(0, 0x80f, 0xff);
    unsigned isr = rdmsr(0, 0x812), irr = rdmsr(0, 0x822);
    execute();
    cr_expect_eq(result(0, isr), 1 << 1);
    cr_expect_eq(result(0, irr), 1 << 17);
}

static uint32_t errors(const char *knob, uint32_t value, unsigned times)
{
    set_up();
    cr_assert(knob_set(&m->knobs, knob));
    to_xapic(0);
    store(0, 0x330, value);
    start();
    run();
    for (unsigned i = 0; i < times; i++)
        lapic_raise(l, 0, LVT_THERMAL);
    return lapic_regs(l, 0)->esr_shadow;
}

/* SDM vol. 3, 10.5.3: "receive illegal vector", of the local vector table too; 10.5.1: perhaps at once. */
Test(lapic_lvt, an_illegal_vector_is_an_error)
{
    cr_expect_eq(errors("lvt-illegal-vector=when-raised", 0x0f, 0), 0);
    cr_expect_eq(errors("lvt-illegal-vector=when-raised", 0x0f, 1), 1 << 6);
    cr_expect_eq(errors("lvt-illegal-vector=when-written", 0x1000f, 0), 1 << 6, "masked or not");
    cr_expect_eq(errors("lvt-illegal-vector=when-written", 0x10, 0), 0);
    cr_expect_eq(errors("lvt-illegal-vector=when-written", 0x40f, 0), 0, "an NMI has no vector");
}
