/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMCB clean bits (APM vol. 2, 15.15): what software changes under a bit that is set may be seen or not; a knob says
 * which. Each group is poisoned with something that VMRUN refuses or that the guest sees.
 */
#include "tests/svm_fixture.h"

__asm__(".pushsection .rodata\n"
        "clean_begin:\n"
        "clean_guest:\n  mov %cr2, %rbx\n  vmmcall\n"
        "clean_int:\n  int $0x40\n  vmmcall\n"
        "clean_end:\n"
        ".popsection\n");
extern const uint8_t clean_begin[], clean_guest[], clean_int[], clean_end[];

/* A guest that has run once: the core has a copy. */
static void set_up_clean(void)
{
    set_up();
    own_code(clean_begin, clean_end);
    PUT(save.rip, own(clean_guest));
    PUT(control.int_ctl, 0);
    PUT(control.intercept_3, INTERCEPT(VMEXIT_SHUTDOWN));
    svm_withhold(s, &(struct svm_features){.edx = SVM_AVIC | SVM_X2AVIC});
}

TestSuite(svm_clean, .init = set_up_clean);

static void run_once(void)
{
    enter();
    left(VMEXIT_VMMCALL);
}

static void again_with(uint32_t clean)
{
    PUT(control.clean, clean);
    PUT(save.rip, own(clean_guest));
    PUT(control.exit_code, 0x99);
    enter_again();
}

static void entered(void)
{
    left(VMEXIT_VMMCALL);
}

/* The poison is not seen under its bit; nor are other bits enough; and the other value of the knob sees it always. */
static void covered_by(enum clean_bit bit)
{
    again_with(1u << bit);
    entered();
    cr_expect(m->knobs.consulted >> KNOB_VMCB_CLEAN_BITS & 1);
    m->knobs.value[KNOB_VMCB_CLEAN_BITS] = 1;
    again_with(1u << bit);
    left(VMEXIT_INVALID);
    m->knobs.value[KNOB_VMCB_CLEAN_BITS] = 0;
    again_with(~(1u << bit));
    left(VMEXIT_INVALID);
}

Test(svm_clean, intercepts)
{
    run_once();
    PUT(control.intercept_4, 0); /* VMRUN */
    covered_by(CLEAN_INTERCEPTS);
}

Test(svm_clean, permission_maps)
{
    run_once();
    PUT(control.msrpm_base, ~0xfffull);
    covered_by(CLEAN_PERMISSIONS);
}

Test(svm_clean, the_asid)
{
    run_once();
    PUT(control.asid, 0);
    covered_by(CLEAN_ASID);
}

Test(svm_clean, virtual_interrupts)
{
    run_once();
    PUT(control.int_ctl, V_NMI_ENABLE); /* without the NMI intercept */
    covered_by(CLEAN_TPR);
}

Test(svm_clean, nested_paging)
{
    run_once();
    PUT(control.np_control, NP_ENABLE);
    PUT(control.ncr3, ~0ull);
    covered_by(CLEAN_NP);
}

/* #VMEXIT writes them, so they are poisoned once more. */
Test(svm_clean, control_registers)
{
    run_once();
    PUT(save.efer, 0xd00);
    again_with(1u << CLEAN_CR);
    entered();
    PUT(save.efer, 0xd00);
    again_with(~(1u << CLEAN_CR));
    left(VMEXIT_INVALID);
}

Test(svm_clean, debug_registers)
{
    run_once();
    PUT(save.dr7, 1ull << 40);
    covered_by(CLEAN_DR);
}

Test(svm_clean, segments)
{
    run_once();
    PUT(save.cs.attributes, LONG_MODE_CODE | 0x400);
    covered_by(CLEAN_SEGMENTS);
}

/* INT n through an IDT of no gates shuts the guest down. */
Test(svm_clean, descriptor_tables)
{
    run_once();
    PUT(save.idtr.limit, 0);
    PUT(control.clean, 1u << CLEAN_TABLES);
    PUT(save.rip, own(clean_int));
    enter_again();
    entered();
    cr_expect_eq(handled(), 1);
    PUT(control.clean, ~(1u << CLEAN_TABLES));
    PUT(save.idtr.limit, 0); /* #VMEXIT has written the other one */
    PUT(save.rip, own(clean_int));
    enter_again();
    left(VMEXIT_SHUTDOWN);
}

Test(svm_clean, cr2)
{
    PUT(save.cr2, 0x1000);
    run_once();
    PUT(save.cr2, 0x2000);
    again_with(1u << CLEAN_CR2);
    cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RBX), 0x1000);
    PUT(save.cr2, 0x2000);
    again_with(0);
    cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RBX), 0x2000);
}

/* RIP, RFLAGS, EVENTINJ, INTERRUPT_SHADOW are in no group. */
Test(svm_clean, what_no_bit_covers_is_always_read)
{
    run_once();
    PUT(control.event_inj, EVENT_VALID | 0x40);
    again_with(~0u);
    entered();
    cr_expect_eq(handled(), 1);
    cr_expect_eq(GET(save.rip), own(clean_guest) + 3);
}

/* 15.15.2: a core that has not run the guest has no copy. */
Test(svm_clean, the_first_run_reads_all)
{
    PUT(control.clean, ~0u);
    run_once();
    cr_expect_eq(m->knobs.consulted >> KNOB_VMCB_CLEAN_BITS & 1, 0, "there is nothing to choose");
}

/* What another core has written to the VMCB in between: a copy outlives it. Here V_IRQ has become 1 there. */
Test(svm_clean, a_stale_copy_after_a_run_on_another_core)
{
    PUT(save.rflags, RFLAGS_FIXED | RFLAGS_IF);
    PUT(control.int_ctl, 0);
    run_once();
    PUT(control.int_ctl, V_IRQ | V_IGN_TPR | 0x40ull << 32);
    again_with(1u << CLEAN_TPR);
    entered();
    cr_expect_eq(handled(), 0, "the interrupt is lost: the bit was wrong");
    PUT(control.int_ctl, V_IRQ | V_IGN_TPR | 0x40ull << 32);
    again_with(0);
    cr_expect_eq(handled(), 1);
}

/* The copy of 060h has what #VMEXIT has saved. */
Test(svm_clean, the_copy_follows_the_guest)
{
    PUT(save.rflags, RFLAGS_FIXED | RFLAGS_IF);
    PUT(control.int_ctl, V_IRQ | V_IGN_TPR | 0x40ull << 32);
    run_once();
    cr_expect_eq(handled(), 1);
    again_with(1u << CLEAN_TPR);
    entered();
    cr_expect_eq(handled(), 1, "V_IRQ is 0 in the copy");
}

/* Two copies a core: the third VMCB drops the oldest. */
Test(svm_clean, copies_are_few)
{
    run_once();
    for (unsigned i = 1; i <= 2; i++) {
        uint64_t page = 0x30000 + 0x4000 + 0x1000 * i;
        memcpy(m->memory.ram + page, m->memory.ram + VMCB, 4096);
        memory_mark(&m->memory, page, 8);
        core_set_reg(&cpu->core[0], UC_X86_REG_RAX, page);
        memory_write(&m->memory, page + offsetof(struct vmcb, save.rip), 8, own(clean_guest));
        enter_again();
        cr_assert_eq(memory_at(page + offsetof(struct vmcb, save.rip), 8), own(clean_guest) + 3, "%s", trace);
    }
    core_set_reg(&cpu->core[0], UC_X86_REG_RAX, VMCB);
    PUT(control.asid, 0);
    again_with(1u << CLEAN_ASID);
    left(VMEXIT_INVALID);
}

/* CPUID 8000_000A EDX[5]: without the feature the bits mean nothing. */
Test(svm_clean, a_processor_without_clean_bits)
{
    svm_withhold(s, &(struct svm_features){.edx = SVM_CLEAN_BITS});
    run_once();
    PUT(control.asid, 0);
    again_with(1u << CLEAN_ASID);
    left(VMEXIT_INVALID);
}

/* U15: which bit covers the enables of AVIC in 060h. A processor without AVIC refuses them. */
static void enable_under(uint32_t clean, unsigned knob, uint64_t code)
{
    m->knobs.value[KNOB_VMCB_CLEAN_AVIC] = (uint8_t)knob;
    run_once();
    PUT(control.int_ctl, V_AVIC_ENABLE);
    again_with(clean);
    left(code);
    cr_expect(m->knobs.consulted >> KNOB_VMCB_CLEAN_AVIC & 1);
}

Test(svm_clean, the_enable_of_avic_belongs_to_060h)
{
    enable_under(1u << CLEAN_TPR, 0, VMEXIT_VMMCALL);
}

Test(svm_clean, the_enable_of_avic_does_not_belong_to_avic)
{
    enable_under(1u << CLEAN_AVIC, 0, VMEXIT_INVALID);
}

Test(svm_clean, the_enable_of_avic_may_belong_to_avic)
{
    enable_under(1u << CLEAN_AVIC, 1, VMEXIT_VMMCALL);
}

Test(svm_clean, the_enable_of_avic_may_not_belong_to_060h)
{
    enable_under(1u << CLEAN_TPR, 1, VMEXIT_INVALID);
}

/* ---- TLB_CONTROL: no translation is cached; what is asked shows in the timeline (15.16.1). ---- */

static void flushes(unsigned control, const char *text)
{
    PUT(control.tlb_control, control);
    enter();
    entered();
    cr_expect_eq(!!strstr(trace, "TLB"), *text != 0, "%s", trace);
    cr_expect(strstr(trace, text), "%s", trace);
}

Test(svm_clean, tlb_nothing) { flushes(0, ""); }
Test(svm_clean, tlb_all) { flushes(1, "TLB: all flushed"); }
Test(svm_clean, tlb_this_asid) { flushes(3, "TLB: this ASID flushed\n"); }
Test(svm_clean, tlb_this_asid_not_global) { flushes(7, "TLB: this ASID flushed, not global pages"); }
Test(svm_clean, tlb_reserved) { flushes(2, "TLB_CONTROL is reserved"); }
