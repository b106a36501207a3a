/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Consistency checks of VMRUN: each rule violated alone gives VMEXIT_INVALID, and the timeline says which one
 * (APM vol. 2, 15.5.1, 15.20, 15.21.10, 15.25.3).
 */
#include "tests/svm_fixture.h"

TestSuite(svm_checks, .init = set_up);

/* 15.5.1: the exit comes to the instruction behind VMRUN, with GIF = 0; nothing of the guest is saved. */
static void invalid(const char *must)
{
    enter();
    left(VMEXIT_INVALID);
    cr_expect(strstr(trace, "VMRUN fails: must hold: ") && strstr(trace, must), "no \"%s\" in:\n%s", must,
              trace);
    cr_expect_not(svm_gif(s, 0));
    cr_expect_eq(GET(save.rsp), WINDOW + GUEST_STACK);
    cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RSP), WINDOW + HOST_STACK);
    cr_expect_eq(core_level(&cpu->core[0]), LEVEL_THREAD);
}

/* What was wrong is set right: the next VMRUN enters. */
static void enters_then(void)
{
    enter_again();
    in_guest();
}

Test(svm_checks, the_vmrun_intercept)
{
    PUT(control.intercept_4, GET(control.intercept_4) & ~INTERCEPT(VMEXIT_VMRUN));
    invalid("the VMRUN intercept bit is 1");
    intercept(VMEXIT_VMRUN);
    enters_then();
}

Test(svm_checks, the_asid)
{
    PUT(control.asid, 0);
    invalid("ASID is not 0");
    PUT(control.asid, 2);
    enters_then();
}

/* 15.5.1, 15.6: also where the host had not. */
Test(svm_checks, a_failed_vmrun_clears_gif)
{
    PUT(control.asid, 0);
    core_set_reg(&cpu->core[0], UC_X86_REG_RAX, VMCB);
    enter_from(at(svm_test_vmrun));
    left(VMEXIT_INVALID);
    cr_expect_not(svm_gif(s, 0));
}

/* 8 KiB of MSRPM: the second page may not be beyond the physical addresses. */
Test(svm_checks, the_msr_map)
{
    PUT(control.msrpm_base, (1ull << SVM_PHYSICAL_BITS) - 4096);
    invalid("MSRPM and IOPM end below");
    PUT(control.msrpm_base, (1ull << SVM_PHYSICAL_BITS) - 8192);
    enters_then();
}

/* 12 KiB of IOPM. */
Test(svm_checks, the_port_map)
{
    PUT(control.iopm_base, (1ull << SVM_PHYSICAL_BITS) - 8192);
    invalid("MSRPM and IOPM end below");
    PUT(control.iopm_base, (1ull << SVM_PHYSICAL_BITS) - 12288);
    enters_then();
}

Test(svm_checks, nested_paging_wants_paging_in_the_host)
{
    cpu->core[0].state->cr0 &= ~(uint64_t)CR0_PG;
    PUT(control.np_control, NP_ENABLE);
    invalid("nested paging goes with CR0.PG");
    PUT(control.np_control, 0);
    enters_then();
}

Test(svm_checks, nested_paging_wants_a_table)
{
    PUT(control.np_control, NP_ENABLE);
    PUT(control.ncr3, 1ull << SVM_PHYSICAL_BITS);
    invalid("a valid nCR3");
    PUT(control.ncr3, 0x8000);
    enters_then();
}

Test(svm_checks, svme_in_the_guest)
{
    PUT(save.efer, 0xd00);
    invalid("EFER.SVME is 1");
    PUT(save.efer, 0x1d00);
    enters_then();
}

Test(svm_checks, nw_without_cd)
{
    PUT(save.cr0, 0x80010033 | CR0_NW);
    invalid("NW is 1 only where CD is");
    PUT(save.cr0, 0x80010033 | CR0_NW | CR0_CD);
    enters_then();
}

Test(svm_checks, high_half_of_cr0)
{
    PUT(save.cr0, 1ull << 32 | 0x80010033);
    invalid("CR0[63:32] is 0");
}

Test(svm_checks, high_half_of_dr6)
{
    PUT(save.dr6, 1ull << 32);
    invalid("DR6 and DR7 are 0");
}

Test(svm_checks, high_half_of_dr7)
{
    PUT(save.dr7, 1ull << 63);
    invalid("DR6 and DR7 are 0");
    PUT(save.dr7, 0x400);
    enters_then();
}

Test(svm_checks, long_mode_wants_pae)
{
    PUT(save.cr4, 0);
    invalid("CR4.PAE and CR0.PE");
    PUT(save.cr4, 0x20);
    enters_then();
}

Test(svm_checks, long_mode_wants_protection)
{
    PUT(save.cr0, 0x80010032);
    invalid("CR4.PAE and CR0.PE");
}

Test(svm_checks, cs_l_and_d)
{
    PUT(save.cs.attributes, LONG_MODE_CODE | 0x400);
    invalid("CS.L and CS.D");
}

/* 15.20: types 1 and 5 to 7 are reserved; exceptions have vectors 0 to 31, and 2 is none of them. BOUND does not
 * exist in 64-bit mode. */
static const uint32_t wrong_events[] = {1 << 8 | 0x40, 5 << 8 | 1, 6 << 8 | 3, 7 << 8,
                                        3 << 8 | 2, 3 << 8 | 32, 3 << 8 | 5};

Test(svm_checks, events_that_cannot_be)
{
    PUT(control.event_inj, EVENT_VALID | wrong_events[0]);
    invalid("EVENTINJ holds an event that can be");
    for (unsigned i = 1; i < sizeof wrong_events / sizeof *wrong_events; i++) {
        PUT(control.exit_code, 0);
        PUT(control.event_inj, EVENT_VALID | wrong_events[i]);
        enter_again();
        left(VMEXIT_INVALID);
    }
    PUT(control.event_inj, wrong_events[0]); /* not valid: it does not matter */
    enters_then();
}

/* Knob: #OF, whose INTO does not exist in 64-bit mode either. */
Test(svm_checks, overflow_as_an_exception)
{
    m->knobs.value[KNOB_EVENTINJ_OVERFLOW] = 1;
    PUT(control.event_inj, EVENT_VALID | 3 << 8 | VECTOR_OF);
    invalid("EVENTINJ holds an event that can be");
    cr_expect(m->knobs.consulted >> KNOB_EVENTINJ_OVERFLOW & 1);
    m->knobs.value[KNOB_EVENTINJ_OVERFLOW] = 0;
    set_gate(GUEST_IDT, VECTOR_OF, at(svm_test_isr));
    PUT(control.nrip, at(svm_test_guest));
    enters_then();
    cr_expect_eq(handled(), 1);
}

/* 15.20: vector 3 behaves like INT3. */
Test(svm_checks, a_breakpoint_as_an_exception)
{
    PUT(control.event_inj, EVENT_VALID | 3 << 8 | VECTOR_BP);
    set_gate(GUEST_IDT, VECTOR_BP, at(svm_test_isr));
    PUT(control.nrip, at(svm_test_guest));
    enter();
    in_guest();
    cr_expect_eq(handled(), 1);
}

/* Bit 13 of CR4 is VMXE on other machines, bit 52 of CR3 and bit 2 of EFER are nobody's. */
Test(svm_checks, reserved_bits_of_cr4)
{
    PUT(save.cr4, 0x2020);
    invalid("reserved bits of CR3, CR4 and EFER are 0");
    PUT(save.cr4, 0x20);
    enters_then();
}

Test(svm_checks, reserved_bits_of_cr3)
{
    PUT(save.cr3, 1ull << 52);
    invalid("reserved bits of CR3, CR4 and EFER are 0");
}

Test(svm_checks, reserved_bits_of_efer)
{
    PUT(save.efer, 0x1d04);
    invalid("reserved bits of CR3, CR4 and EFER are 0");
}

Test(svm_checks, virtual_nmis_want_the_nmi_intercept)
{
    PUT(control.intercept_3, GET(control.intercept_3) & ~INTERCEPT(VMEXIT_NMI));
    PUT(control.int_ctl, V_NMI_ENABLE);
    invalid("V_NMI_ENABLE goes with the NMI intercept");
    intercept(VMEXIT_NMI);
    enters_then();
}

/* What CPUID does not offer is reserved: must be 0. */
Test(svm_checks, a_virtual_gif_that_is_not_offered)
{
    svm_withhold(s, &(struct svm_features){.edx = SVM_VGIF});
    PUT(control.int_ctl, V_GIF_ENABLE);
    invalid("the processor offers what is enabled");
    PUT(control.int_ctl, V_GIF); /* a bit without effect then */
    enters_then();
}

Test(svm_checks, virtual_nmis_that_are_not_offered)
{
    svm_withhold(s, &(struct svm_features){.edx = SVM_VNMI});
    PUT(control.int_ctl, V_NMI_ENABLE);
    invalid("the processor offers what is enabled");
}
