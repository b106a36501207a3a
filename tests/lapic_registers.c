/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The register map of the local APIC in both modes, by instructions of a core: reset values, what may be
 * read and written, what faults or is an error (facts: SDM vol. 3, 10.4.1, 10.4.7.1, 10.5.3, 10.12.1,
 * 10.12.2). Expected values are those of the manual's tables.
 */
#include "tests/lapic_fixture.h"

TestSuite(lapic_registers, .init = set_up);

static const struct {
    uint16_t offset;
    uint32_t reset; /* SDM vol. 3, 10.4.7.1; of core 1 */
} table[] = {
    {0x020, 0x01000000}, {0x030, 0x01060015}, {0x080, 0}, {0x090, 0}, {0x0a0, 0}, {0x0c0, 0}, {0x0d0, 0},
    {0x0e0, 0xffffffff}, {0x0f0, 0xff}, {0x100, 0}, {0x170, 0}, {0x180, 0}, {0x1f0, 0}, {0x200, 0},
    {0x270, 0}, {0x280, 0}, {0x2f0, 0x10000}, {0x300, 0}, {0x310, 0}, {0x320, 0x10000},
    {0x330, 0x10000}, {0x340, 0x10000}, {0x350, 0x10000}, {0x360, 0x10000}, {0x370, 0x10000},
    {0x380, 0}, {0x390, 0}, {0x3e0, 0},
};
enum { REGISTERS = sizeof table / sizeof *table };

Test(lapic_registers, L1_reset_dump)
{
    unsigned n[REGISTERS];
    for (unsigned i = 0; i < REGISTERS; i++)
        n[i] = load(1, table[i].offset);
    unsigned base = rdmsr(1, MSR_APIC_BASE), bsp = rdmsr(0, MSR_APIC_BASE);
    unsigned esr = load(1, 0x280);
    execute();
    for (unsigned i = 0; i < REGISTERS; i++)
        cr_expect_eq(result(1, n[i]), table[i].reset, "%#x", table[i].offset);
    cr_expect_eq(result(1, base), 0xfee00800);
    cr_expect_eq(result(0, bsp), 0xfee00900);
    cr_expect_eq(result(1, esr), 0, "no access was an error");
}

/* Index of a register whose every index is listed: SDM vol. 3, table 10-6. */
static bool exists_in_x2apic(uint32_t msr)
{
    static const uint16_t one[] = {0x802, 0x803, 0x808, 0x80a, 0x80b, 0x80d, 0x80f, 0x828, 0x82f, 0x830};
    for (unsigned i = 0; i < sizeof one / sizeof *one; i++)
        if (msr == one[i])
            return true;
    return (msr >= 0x810 && msr <= 0x827) || (msr >= 0x832 && msr <= 0x839) || msr == 0x83e ||
           msr == 0x83f;
}

static bool is_write_only(uint32_t msr)
{
    return msr == 0x80b || msr == 0x83f;
}

/* SDM vol. 3, 10.12.1.2: RDMSR of what is not listed faults, all of 800h to 8FFh here. */
Test(lapic_registers, L3_reserved_indexes_fault_in_x2apic_mode)
{
    wrmsr(0, MSR_APIC_BASE, base_value(0, APIC_BASE_EN | APIC_BASE_EXTD));
    unsigned first = operations[0];
    for (uint32_t msr = 0x801; msr <= 0x840; msr++)
        rdmsr(0, msr);
    unsigned last = rdmsr(0, 0x8ff), bff = rdmsr(0, 0xbff), beyond = wrmsr(0, 0x8ff, 0);
    execute();
    for (uint32_t msr = 0x801; msr <= 0x840; msr++)
        cr_expect_eq(faulted(0, first + msr - 0x801), !exists_in_x2apic(msr) || is_write_only(msr),
                     "%#x", msr);
    cr_expect(faulted(0, last) && faulted(0, bff) && faulted(0, beyond));
}

/* SDM vol. 3, 10.12.2: in xAPIC mode all of them fault, those that x2APIC has included. */
Test(lapic_registers, L3_all_indexes_fault_in_xapic_mode)
{
    unsigned first = operations[0];
    for (uint32_t msr = 0x801; msr <= 0x840; msr++)
        rdmsr(0, msr);
    unsigned write = wrmsr(0, 0x808, 0);
    execute();
    for (unsigned i = 0; i < 0x40; i++)
        cr_expect(faulted(0, first + i), "%#x", 0x801 + i);
    cr_expect(faulted(0, write));
}

Test(lapic_registers, L4_reserved_values_fault_in_x2apic_mode)
{
    static const struct {
        uint32_t msr;
        uint64_t value;
        bool faults;
    } row[] = {
        {0x80b, 1, true}, {0x80b, 0, false}, {0x828, 1, true}, {0x828, 0, false},
        {0x808, 0x100, true}, {0x808, 0xff, false}, {0x808, 1ull << 32, true},
        {0x83f, 0x100, true}, {0x83f, 0x41, false}, {0x80f, 0x200, true}, {0x80f, 0x11ff, false},
        {0x832, 0x80000, true}, {0x832, 0x71000 | 0x41, false}, {0x837, 0x400, true},
        {0x837, 0x410ff, true}, {0x835, 0x1f7ff, false}, {0x835, 0x800, true}, {0x82f, 0x2000, true},
        {0x838, 1ull << 32, true}, {0x83e, 4, true}, {0x83e, 0xb, false},
        {0x830, 1 << 13, true}, {0x830, 1 << 16, true}, {0x830, 1 << 17, true}, {0x830, 1 << 20, true},
        {0x802, 0, true}, {0x803, 0, true}, {0x80a, 0, true}, {0x80d, 0, true}, {0x810, 0, true},
        {0x818, 0, true}, {0x820, 0, true}, {0x839, 0, true},
    };
    unsigned n[sizeof row / sizeof *row];
    wrmsr(0, MSR_APIC_BASE, base_value(0, APIC_BASE_EN | APIC_BASE_EXTD));
    for (unsigned i = 0; i < sizeof row / sizeof *row; i++)
        n[i] = wrmsr(0, row[i].msr, row[i].value);
    unsigned tpr = rdmsr(0, 0x808);
    execute();
    for (unsigned i = 0; i < sizeof row / sizeof *row; i++)
        cr_expect_eq(faulted(0, n[i]), row[i].faults, "%#x = %#llx", row[i].msr,
                     (unsigned long long)row[i].value);
    cr_expect_eq(result(0, tpr), 0xff, "a faulting WRMSR changes nothing");
}

Test(lapic_registers, L5_write_only_registers_cannot_be_read)
{
    wrmsr(0, MSR_APIC_BASE, base_value(0, APIC_BASE_EN | APIC_BASE_EXTD));
    unsigned eoi = rdmsr(0, 0x80b), self = rdmsr(0, 0x83f);
    execute();
    cr_expect(faulted(0, eoi));
    cr_expect(faulted(0, self));
}

/* SDM vol. 3, table 10-1 and 10.5: bits that are not there read as 0, those of DFR as 1; read-only
 * registers keep their value. */
Test(lapic_registers, xapic_writes_keep_to_the_bits_that_exist)
{
    static const struct {
        uint16_t offset;
        uint32_t reads;
    } row[] = {
        {0x020, 0}, {0x030, 0x01060015}, {0x080, 0xff}, {0x0a0, 0xff}, {0x0d0, 0xff000000},
        {0x0e0, 0xffffffff}, {0x0f0, 0x11ff}, {0x100, 0}, {0x200, 0}, {0x2f0, 0x107ff},
        {0x310, 0xff000000}, {0x320, 0x700ff}, {0x330, 0x107ff}, {0x340, 0x107ff}, {0x350, 0x1a7ff},
        {0x360, 0x1a7ff}, {0x370, 0x100ff}, {0x3e0, 0xb},
    };
    enum { ROWS = sizeof row / sizeof *row };
    unsigned n[ROWS];
    for (unsigned i = 0; i < ROWS; i++)
        store(0, row[i].offset, 0xffffffff);
    for (unsigned i = 0; i < ROWS; i++)
        n[i] = load(0, row[i].offset);
    store(0, 0x0e0, 0);
    unsigned dfr = load(0, 0x0e0), high = load(0, 0x310);
    store(0, 0x320, 0x10000);
    store(0, 0x380, 0xfffffffe);
    unsigned count = load(0, 0x380);
    store(0, 0x380, 0);
    store(0, 0x280, 0);
    unsigned esr = load(0, 0x280);
    execute();
    for (unsigned i = 0; i < ROWS; i++)
        cr_expect_eq(result(0, n[i]), row[i].reads, "%#x: %#llx", row[i].offset,
                     (unsigned long long)result(0, n[i]));
    cr_expect_eq(result(0, dfr), 0x0fffffff);
    cr_expect_eq(result(0, high), 0xff000000);
    cr_expect_eq(result(0, count), 0xfffffffe);
    cr_expect_eq(result(0, esr), 0, "a write to a read-only register is no error");
}

/* SDM vol. 3, 10.5.3: ESR bit 7, at any slot of the page that is no register; APR and RRD are none. */
Test(lapic_registers, reserved_registers_are_an_error_in_xapic_mode)
{
    static const uint16_t none[] = {0x000, 0x010, 0x040, 0x070, 0x290, 0x2e0, 0x3a0, 0x3f0, 0x400, 0xff0};
    enum { NONE = sizeof none / sizeof *none };
    unsigned before[2 * NONE], after[2 * NONE];
    for (unsigned i = 0; i < 2 * NONE; i++) {
        store(0, 0x280, 0);
        if (i & 1)
            store(0, none[i / 2], 1);
        else
            load(0, none[i / 2]);
        before[i] = load(0, 0x280);
        store(0, 0x280, 0);
        after[i] = load(0, 0x280);
    }
    load(0, 0x090);
    store(0, 0x0c0, 1);
    store(0, 0x280, 0);
    unsigned harmless = load(0, 0x280);
    execute();
    for (unsigned i = 0; i < 2 * NONE; i++) {
        cr_expect_eq(result(0, before[i]), 0, "it shows behind the next write");
        cr_expect_eq(result(0, after[i]), 0x80, "%#x", none[i / 2]);
    }
    cr_expect_eq(result(0, harmless), 0);
}

/* The error entry of the LVT is raised by a new error alone (SDM vol. 3, 10.5.3). */
Test(lapic_registers, an_error_raises_the_lvt_entry_once_between_two_writes_of_esr)
{
    to_xapic(0);
    store(0, 0x370, 0xe1);
    load(0, 0x040);
    op(0, OPEN, 0, 0);
    load(0, 0x040);
    op(0, OPEN, 0, 0); /* nothing new */
    store(0, 0x280, 0);
    load(0, 0x040);
    op(0, OPEN, 0, 0);
    store(0, 0x370, 0x100e1);
    store(0, 0x280, 0);
    load(0, 0x040); /* masked */
    op(0, OPEN, 0, 0);
    execute();
    cr_expect(TOOK(0, 0xe1, 0xe1));
}

/* SDM vol. 3, 10.12.2: the window is not decoded; what is behind it gives ones. */
static void does_not_answer(uint64_t bits)
{
    store(0, 0x080, 0x20);
    wrmsr(0, MSR_APIC_BASE, base_value(0, bits));
    unsigned id = load(0, 0x020), reserved = load(0, 0x040), word = op(0, LOAD_WORD, BASE + 0x82, 0);
    store(0, 0x0f0, 0x1ff);
    op(0, STORE_QUAD, BASE + 4, 0);
    execute();
    cr_expect_eq(result(0, id), 0xffffffff);
    cr_expect_eq(result(0, reserved), 0xffffffff);
    cr_expect_eq(result(0, word), 0xffff);
    cr_expect_eq(lapic_regs(l, 0)->svr, 0xff);
    cr_expect_eq(lapic_regs(l, 0)->esr_shadow, 0);
}

Test(lapic_registers, the_window_is_dead_when_disabled)
{
    does_not_answer(0);
}

Test(lapic_registers, the_window_is_dead_in_x2apic_mode)
{
    does_not_answer(APIC_BASE_EN | APIC_BASE_EXTD);
    cr_expect_eq(lapic_regs(l, 0)->tpr, 0x20);
}

/* SDM vol. 3, 10.4.1: other sizes and places are undefined. */
Test(lapic_registers, a_load_of_two_bytes_is_not_defined)
{
    op(0, LOAD_WORD, BASE + 0x80, 0);
    must_find(FINDING_LIMIT, "CPU0: 2 bytes at APIC register offset 0x80: must be 4");
}

Test(lapic_registers, a_store_of_eight_bytes_is_not_defined)
{
    op(0, STORE_QUAD, BASE + 0x80, 0);
    must_find(FINDING_LIMIT, "CPU0: 8 bytes at APIC register offset 0x80: must be 4");
}

Test(lapic_registers, an_access_beside_the_first_dword_is_not_defined)
{
    load(0, 0x84);
    must_find(FINDING_LIMIT, "CPU0: 4 bytes at APIC register offset 0x84: must be 4, at a multiple of 16");
}

/* SDM vol. 3, 10.8.6 */
Test(lapic_registers, cr8_is_the_class_of_tpr)
{
    store(0, 0x080, 0x5a);
    unsigned class = op(0, READ_CR8, 0, 0);
    op(0, WRITE_CR8, 0, 0xc);
    unsigned tpr = load(0, 0x080);
    unsigned bad = op(0, WRITE_CR8, 0, 0x10), worse = op(0, WRITE_CR8, 0, 1ull << 63);
    unsigned kept = op(0, READ_CR8, 0, 0);
    execute();
    cr_expect_eq(result(0, class), 5);
    cr_expect_eq(result(0, tpr), 0xc0);
    cr_expect(faulted(0, bad) && faulted(0, worse));
    cr_expect_eq(result(0, kept), 0xc);
}

/* ... and goes on being one while the APIC is disabled. */
Test(lapic_registers, cr8_works_while_the_apic_is_disabled)
{
    wrmsr(0, MSR_APIC_BASE, base_value(0, 0));
    op(0, WRITE_CR8, 0, 7);
    unsigned class = op(0, READ_CR8, 0, 0);
    execute();
    cr_expect_eq(result(0, class), 7);
}

/* A write to CR8 takes effect at once: what it masked comes behind it. */
Test(lapic_registers, cr8_holds_interrupts_back)
{
    to_x2apic(0);
    op(0, WRITE_CR8, 0, 4);
    wrmsr(0, 0x83f, 0x4f);
    wrmsr(0, 0x83f, 0x51);
    op(0, OPEN, 0, 0);
    unsigned irr = rdmsr(0, 0x822);
    op(0, WRITE_CR8, 0, 3);
    op(0, OPEN, 0, 0);
    execute();
    cr_expect_eq(result(0, irr), 1 << 15);
    cr_expect(TOOK(0, 0x51, 0x4f));
}
