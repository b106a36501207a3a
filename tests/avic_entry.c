/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What VMRUN checks about AVIC (APM vol. 2, 15.29.4), and the doorbell register C001_011Bh (15.29.8.2).
 */
#include "svm/doorbell.h"
#include "tests/avic_fixture.h"

TestSuite(avic_entry, .init = set_up_avic);

static void enters(void)
{
    start_at(avic_test_idle, 0, 0);
    left(VMEXIT_HLT);
}

static void fails(const char *rule)
{
    start_at(avic_test_idle, 0, 0);
    left(VMEXIT_INVALID);
    cr_expect(strstr(trace, rule), "%s", trace);
}

/* ---- Checks ---- */

Test(avic_entry, x2avic_needs_avic)
{
    PUT(control.int_ctl, V_INTR_MASKING | V_X2AVIC_ENABLE);
    fails("x2AVIC is on with AVIC only");
}

/* PHYSICAL_MAX_INDEX: FFh, 1FFh, FFFh with CPUID 8000_000A ECX[6]. */
static void max_index(uint64_t index, bool x2avic, bool ext, bool good)
{
    if (!ext)
        svm_withhold(s, &(struct svm_features){.ecx = SVM_X2AVIC_EXT});
    if (x2avic)
        x2();
    PUT(control.avic_physical_table, PIT | index);
    if (good)
        enters();
    else
        fails("PHYSICAL_MAX_INDEX");
}

Test(avic_entry, xavic_index_255)
{
    max_index(0xff, false, true, true);
}

Test(avic_entry, xavic_index_256)
{
    max_index(0x100, false, true, false);
}

Test(avic_entry, x2avic_index_511)
{
    max_index(0x1ff, true, false, true);
}

Test(avic_entry, x2avic_index_512)
{
    max_index(0x200, true, false, false);
}

/* Eight pages of table, which lie in memory: 38000h to 40000h. */
Test(avic_entry, x2avic_ext_index_4095)
{
    max_index(0xfff, true, true, true);
}

/* Pointers beyond 48 bits; x2AVIC has two of them only. */
Test(avic_entry, backing_page_out_of_range)
{
    PUT(control.avic_backing_page, 1ull << 48 | PAGE_0);
    fails("within the physical address range");
}

Test(avic_entry, physical_table_out_of_range)
{
    PUT(control.avic_physical_table, 1ull << 51 | PIT | LAST);
    fails("within the physical address range");
}

Test(avic_entry, logical_table_out_of_range)
{
    PUT(control.avic_logical_table, 1ull << 48 | LIT);
    fails("within the physical address range");
}

Test(avic_entry, apic_bar_out_of_range)
{
    PUT(control.avic_apic_bar, 1ull << 50 | BAR);
    fails("within the physical address range");
}

Test(avic_entry, x2avic_does_not_look_at_the_others)
{
    x2();
    PUT(control.avic_logical_table, 1ull << 48 | LIT);
    PUT(control.avic_apic_bar, 1ull << 50 | BAR);
    enters();
}

/* U8 */
Test(avic_entry, nested_paging_is_not_needed)
{
    enters();
}

Test(avic_entry, or_it_is)
{
    m->knobs.value[KNOB_AVIC_WITHOUT_NP] = 1;
    fails("AVIC goes with nested paging");
}

Test(avic_entry, with_nested_paging)
{
    m->knobs.value[KNOB_AVIC_WITHOUT_NP] = 1;
    PUT(control.np_control, NP_ENABLE);
    enters();
}

Test(avic_entry, without_avic_nothing_is_checked)
{
    PUT(control.int_ctl, V_INTR_MASKING);
    PUT(control.avic_backing_page, 1ull << 48);
    PUT(control.avic_physical_table, PIT | 0xfff);
    enters();
}

Test(avic_entry, a_processor_without_avic)
{
    svm_withhold(s, &(struct svm_features){.edx = SVM_AVIC});
    fails("offers");
}

Test(avic_entry, a_page_outside_memory_is_a_limit)
{
    PUT(control.avic_backing_page, RAM);
    start_at(avic_test_idle, 0, 0);
    cr_assert_eq(m->state->finding_count, 1);
    cr_expect_eq(m->state->finding[0].kind, FINDING_LIMIT);
}

/* ---- The doorbell register ---- */

/* What WRMSR of the value does: the message, or false for #GP. */
static bool rings_by_msr(uint64_t value)
{
    struct footprint fp;
    unsigned flags = 0;
    footprint_clear(&fp);
    if (!doorbell_msr_ops.next(l, &cpu->core[0], MSR_AVIC_DOORBELL, true, value, &fp, &flags))
        return false;
    cr_expect_eq(!!(flags & POINT_SLOT), fp.count > 0);
    cr_assert(doorbell_msr_ops.access(l, &cpu->core[0], MSR_AVIC_DOORBELL, true, &value));
    return true;
}

Test(avic_entry, doorbell_goes_to_the_core_with_the_id)
{
    cpu_setup_done(cpu);
    begin();
    lapic_set_id(l, 1, 0x123);
    cr_expect(rings_by_msr(0x123));
    cr_expect(rung(1));
    cr_expect(rings_by_msr(1));
    cr_expect_eq(sent(), 1, "nobody has id 1");
}

/* U16: 32 bits of id, 12, 8; the others must be zero. */
static void id_bits(unsigned knob, uint64_t good, uint64_t bad)
{
    cpu_setup_done(cpu);
    begin();
    m->knobs.value[KNOB_DOORBELL_ID_BITS] = knob;
    cr_expect(rings_by_msr(good), "%#llx", (unsigned long long)good);
    cr_expect_not(rings_by_msr(bad), "%#llx", (unsigned long long)bad);
    cr_expect_eq(sent(), 0);
}

Test(avic_entry, doorbell_of_32_bits)
{
    id_bits(0, 0xffffffff, 1ull << 32);
}

Test(avic_entry, doorbell_of_12_bits)
{
    id_bits(1, 0xfff, 0x1000);
}

Test(avic_entry, doorbell_of_8_bits)
{
    id_bits(2, 0xff, 0x100);
}

/* A guest that is let to it, as any code: the instruction itself. */
Test(avic_entry, doorbell_by_wrmsr)
{
    writes_msr(MSR_AVIC_DOORBELL, 1);
    completes();
    cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RDI) & 0xff, 0, "no #GP");
    cr_expect(rung(1));
}

Test(avic_entry, doorbell_is_write_only)
{
    start_at(avic_test_rdmsr, MSR_AVIC_DOORBELL, 0);
    completes();
    cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RDI), 13);
}

/* It does not wait for the store buffer, or does: knob. */
Test(avic_entry, doorbell_does_not_drain)
{
    struct footprint fp;
    unsigned flags = 0;
    footprint_clear(&fp);
    doorbell_msr_ops.next(l, &cpu->core[0], MSR_AVIC_DOORBELL, true, 1, &fp, &flags);
    cr_expect_not(flags & POINT_DRAINED);
    cr_expect(m->knobs.consulted >> KNOB_DOORBELL_WRMSR_DRAINS & 1);
    m->knobs.value[KNOB_DOORBELL_WRMSR_DRAINS] = 1;
    doorbell_msr_ops.next(l, &cpu->core[0], MSR_AVIC_DOORBELL, true, 1, &fp, &flags);
    cr_expect(flags & POINT_DRAINED);
}
