/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * T2.1: the register access matrix of AVIC and x2AVIC (APM vol. 2, table 15-22), each cell on a core that makes the
 * access: whether the guest is left, where RIP is then, and whether the access has been made. The expected letters are
 * those of the manual's table: a(llow), accel(x), t(rap), f(ault).
 */
#include "tests/avic_fixture.h"

TestSuite(avic_registers, .init = set_up_avic);

struct cell {
    unsigned first, last; /* offsets */
    char read, write;
    bool mmio, msr;
};

static const struct cell table[] = {
    {0x20, 0x20, 'a', 't', 1, 1}, {0x30, 0x30, 'a', 'f', 1, 1}, {0x80, 0x80, 'a', 'x', 1, 1},
    {0x90, 0x90, 'f', 'f', 1, 1}, {0xa0, 0xa0, 'a', 'f', 1, 1}, {0xb0, 0xb0, 'a', 'x', 1, 1},
    {0xc0, 0xc0, 'a', 't', 1, 0}, {0xd0, 0xd0, 'a', 't', 1, 1}, {0xe0, 0xe0, 'a', 't', 1, 0},
    {0xf0, 0xf0, 'a', 't', 1, 1}, {0x100, 0x170, 'a', 'f', 1, 1}, {0x180, 0x1f0, 'a', 'f', 1, 1},
    {0x200, 0x270, 'a', 'f', 1, 1}, {0x280, 0x280, 'a', 't', 1, 1}, {0x300, 0x300, 'a', 'x', 1, 1},
    {0x310, 0x310, 'a', 'a', 1, 0}, {0x320, 0x370, 'a', 't', 1, 1}, {0x380, 0x380, 'a', 't', 1, 1},
    {0x390, 0x390, 'f', 'f', 1, 1}, {0x3e0, 0x3e0, 'a', 't', 1, 1}, {0x400, 0x420, 'f', 'f', 1, 1},
    {0x480, 0x4f0, 'f', 'f', 1, 1}, {0x500, 0x530, 'f', 'f', 1, 1}, {0x540, 0xff0, 'f', 'f', 1, 0},
};

static const struct cell *cell_of(unsigned offset)
{
    for (unsigned i = 0; i < sizeof table / sizeof *table; i++)
        if (offset >= table[i].first && offset <= table[i].last)
            return &table[i];
    return NULL;
}

/* What the access is to write; an ICR whose IPI is to the sender, which is sent. */
static uint32_t value_for(unsigned offset)
{
    switch (offset) {
    case VAPIC_VICR_LO: return 1 << 18 | 0x31;
    case VAPIC_VEOI: case 0x280: return 0;
    default: return 0x20;
    }
}

enum { OLD = 0x10 };

static void prepare(unsigned offset)
{
    m->core_ops->begin(m->cpu);
    trace[0] = 0;
    if (offset < VAPIC_VISR || offset >= 0x280) /* the bits of vectors decide other things */
        put_reg(PAGE_0, offset, OLD);
}

static void leaves(uint64_t rip, unsigned offset, bool write)
{
    left(VMEXIT_AVIC_NOACCEL);
    cr_expect_eq(GET(save.rip), rip, "%#x, %s: rip", offset, write ? "write" : "read");
    cr_expect_eq(GET(control.exit_info_1), (uint64_t)write << 32 | offset);
    cr_expect_eq(GET(control.exit_info_2), 0);
    cr_expect_eq(GET(control.nrip), 0, "default of the knob");
}

/* One access of a kind that begins at `code`, whose instruction is from `at_` to `behind`. */
static void check(char what, unsigned offset, bool write, uint64_t address, const uint8_t *code,
                  const uint8_t *at_, const uint8_t *behind)
{
    uint32_t value = value_for(offset);
    bool kept = offset < VAPIC_VISR || offset >= 0x280;
    prepare(offset);
    PUT(save.rip, own(code));
    place(avic_test_address, address);
    place(avic_test_value, value);
    run();
    if (what == 'f')
        leaves(own(at_), offset, write);
    else if (what == 't')
        leaves(own(behind), offset, write);
    else
        completes();
    if (write && kept)
        cr_expect_eq(reg(PAGE_0, offset), what == 'f' ? OLD : value, "%#x after '%c'", offset, what);
    if (!write && what == 'a' && kept)
        cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RSI), OLD, "%#x is read", offset);
}

static void check_mmio(bool ext_lvt)
{
    cpu_setup_done(cpu);
    m->record = &step_record;
    for (unsigned offset = 0; offset < 0x1000; offset += 0x10) {
        const struct cell *e = cell_of(offset);
        bool ext = ext_lvt && offset >= 0x500 && offset <= 0x530;
        char read = !e ? 'a' : ext ? 'a' : e->read, write = !e ? 'a' : ext ? 't' : e->write;
        check(read, offset, false, BAR + offset, avic_test_read, avic_test_read_at, avic_test_read_behind);
        check(write, offset, true, BAR + offset, avic_test_write, avic_test_write_at,
              avic_test_write_behind);
    }
}

/* T2.1 */
Test(avic_registers, T2_1_every_cell_by_mmio)
{
    svm_withhold(s, &(struct svm_features){.edx = SVM_EXT_LVT_AVIC});
    check_mmio(false);
}

/* T2.1: CPUID 8000_000A EDX[27]. */
Test(avic_registers, T2_1_extended_lvt)
{
    check_mmio(true);
}

/* ---- x2AVIC ---- */

/* Intel's and AMD's x2APIC alike: what is read-only, write-only, or not there. */
static bool x2apic_faults(unsigned msr, bool write)
{
    bool read_only = msr == 0x802 || msr == 0x803 || msr == 0x809 || msr == 0x80a || msr == 0x80d ||
                     (msr >= 0x810 && msr <= 0x827) || msr == 0x839;
    bool write_only = msr == 0x80b || msr == 0x83f;
    return write ? read_only : write_only;
}

static bool there_is(unsigned msr)
{
    const struct cell *e = cell_of((msr & 0xff) << 4);
    return msr == 0x83f || (e && e->msr);
}

static void check_gp(unsigned msr, const uint8_t *code)
{
    prepare(0);
    PUT(save.rip, own(code));
    place(avic_test_address, msr);
    place(avic_test_value, value_for((msr & 0xff) << 4));
    run();
    completes();
    cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RDI), 13, "%#x: no #GP\n%s", msr, trace);
    core_set_reg(&cpu->core[0], UC_X86_REG_RDI, 0);
}

static void check_msr(unsigned msr, bool write, bool faults)
{
    unsigned offset = (msr & 0xff) << 4;
    const uint8_t *code = write ? avic_test_wrmsr : avic_test_rdmsr;
    if (faults) {
        check_gp(msr, code);
        return;
    }
    const struct cell *e = cell_of(offset);
    check(msr == 0x83f ? 'x' : write ? e->write : e->read, offset, write, msr, code,
          write ? avic_test_wrmsr_at : avic_test_rdmsr_at,
          write ? avic_test_wrmsr_behind : avic_test_rdmsr_behind);
}

static void check_msrs(bool unchecked)
{
    svm_withhold(s, &(struct svm_features){.edx = SVM_EXT_LVT_AVIC});
    m->knobs.value[KNOB_X2AVIC_FAULTS] = unchecked;
    x2();
    cpu_setup_done(cpu);
    m->record = &step_record;
    for (unsigned msr = 0x800; msr < 0x854; msr++) {
        for (unsigned write = 0; write < 2; write++) {
            bool checked = x2apic_faults(msr, write) && (!unchecked || (msr == 0x83f && !write));
            check_msr(msr, write, !there_is(msr) || checked);
        }
    }
}

/* T2.1: permission map (which lets all through here), faults of an x2APIC, then the table. */
Test(avic_registers, T2_1_every_cell_by_msr)
{
    check_msrs(false);
}

/* U7: a processor that raises none of those faults goes by the table. */
Test(avic_registers, T2_1_every_cell_by_msr_without_faults)
{
    check_msrs(true);
}

static void faults(uint32_t msr, uint64_t value)
{
    core_set_reg(&cpu->core[0], UC_X86_REG_RDI, 0);
    writes_msr(msr, value);
    completes();
    cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RDI), 13, "%#x = %#llx", msr,
                 (unsigned long long)value);
}

/* U7, x2APIC: bits that do not exist. */
Test(avic_registers, reserved_bits_fault)
{
    x2();
    faults(0x808, 0x100);
}

Test(avic_registers, eoi_of_something_else_than_0_faults)
{
    x2();
    faults(0x80b, 1);
}

Test(avic_registers, reserved_bits_of_the_icr_fault)
{
    x2();
    faults(0x830, 1 << 13 | 1 << 18 | 0x31);
}

/* The permission map comes first (15.29.10): exit 7Ch, and nothing has been written. */
Test(avic_registers, the_permission_map_comes_first)
{
    unsigned bit = 2 * 0x808 + 1;
    x2();
    intercept(VMEXIT_MSR);
    memory_write(&m->memory, MSRPM + bit / 8, 1, 1u << bit % 8);
    writes_msr(0x808, 0x100);
    left(VMEXIT_MSR);
    cr_expect_eq(GET(control.exit_info_1), 1);
    cr_expect_eq(reg(PAGE_0, VAPIC_VTPR), 0);
}

/* With xAVIC the MSRs are those of the physical APIC, and the page is no register with x2AVIC. */
Test(avic_registers, xavic_has_no_msrs)
{
    writes_msr(0x808, 0x30);
    completes();
    cr_expect_eq(reg(PAGE_0, VAPIC_VTPR), 0);
    cr_expect_eq(lapic_regs(l, 0)->tpr, 0x30);
}

/* 15.29.10: the 64 bits of the MSR lie in 300h and 310h. */
Test(avic_registers, x2avic_splits_the_icr)
{
    x2();
    put_reg(PAGE_0, VAPIC_VICR_LO, 0x12345678);
    put_reg(PAGE_0, VAPIC_VICR_HI, 0x9abcdef0);
    start_at(avic_test_rdmsr, 0x830, 0);
    completes();
    cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RSI), 0x12345678);
    cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RDX), 0x9abcdef0);
}

/* Knob avic-nrip. */
Test(avic_registers, nrip_may_be_there)
{
    m->knobs.value[KNOB_AVIC_NRIP] = 1;
    writes(0x320, 0x20);
    left(VMEXIT_AVIC_NOACCEL);
    cr_expect_eq(GET(control.nrip), own(avic_test_write_behind));
}

Test(avic_registers, nrip_of_a_fault_may_be_there)
{
    m->knobs.value[KNOB_AVIC_NRIP] = 1;
    writes(0x30, 0x20);
    left(VMEXIT_AVIC_NOACCEL);
    cr_expect_eq(GET(save.rip), own(avic_test_write_at));
    cr_expect_eq(GET(control.nrip), own(avic_test_write_behind));
}

/* Linux keeps the register intercepted because of this. */
Test(avic_registers, erratum_deadline_mode_faults)
{
    x2();
    s->errata = ERRATUM_X2AVIC_LVTT;
    faults(0x832, 2 << 17 | 0x31);
}

Test(avic_registers, without_the_erratum_deadline_mode_is_a_trap)
{
    x2();
    writes_msr(0x832, 2 << 17 | 0x31);
    left(VMEXIT_AVIC_NOACCEL);
    cr_expect_eq(GET(save.rip), own(avic_test_wrmsr_behind));
}

/* ---- What no guest should do ---- */

static void is_limit(const char *what)
{
    cr_assert_eq(m->state->finding_count, 1, "%s", trace);
    cr_expect_eq(m->state->finding[0].kind, FINDING_LIMIT);
    cr_expect(strstr(m->state->finding[0].message, what), "%s", m->state->finding[0].message);
}

/* Table 15-22: bytes 4 to 15 of a register are undefined. */
Test(avic_registers, beside_a_register_is_a_limit)
{
    writes(0x84, 0x20);
    is_limit("beside the low 4 bytes");
}

/* 15.7.1, 15.21.5: a trap comes behind the instruction, so that the shadow of an STI before it is over. */
Test(avic_registers, a_trap_is_behind_the_shadow)
{
    start_at(avic_test_shadow, BAR + 0x320, 0x10000);
    left(VMEXIT_AVIC_NOACCEL);
    cr_expect_eq(GET(save.rip), own(avic_test_shadow_behind));
    cr_expect_eq(GET(control.int_state) & INT_SHADOW, 0, "%s", trace);
}

/* A fault is in it. */
Test(avic_registers, a_fault_is_in_the_shadow)
{
    start_at(avic_test_shadow, BAR + VAPIC_VPPR, 0);
    left(VMEXIT_AVIC_NOACCEL);
    cr_expect_eq(GET(control.int_state) & INT_SHADOW, INT_SHADOW, "%s", trace);
}
