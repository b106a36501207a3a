/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMRUN and #VMEXIT: what they load, save and refuse (APM vol. 2, 15.4 to 15.7, 15.30).
 */
#include "tests/svm_fixture.h"

TestSuite(svm_vmrun, .init = set_up);

/* 15.5.1, 15.17: VMRUN enters the guest and sets GIF, although the host had cleared it. */
Test(svm_vmrun, enters_and_halts_in_the_guest)
{
    enter();
    in_guest();
    cr_expect_eq(cpu->core[0].state->activity, ACTIVITY_HLT);
    cr_expect_eq(core_level(&cpu->core[0]), LEVEL_GUEST);
    cr_expect(svm_gif(s, 0));
    cr_expect_eq(svm_vmcb(s, 0), VMCB);
}

/* 15.6: #VMEXIT clears GIF and goes on behind VMRUN, with rAX, RSP and the tables of the host. */
Test(svm_vmrun, vmexit_goes_on_behind_vmrun)
{
    enter();
    arrives(APIC_NMI, 0);
    left(VMEXIT_NMI);
    cr_expect_not(svm_gif(s, 0));
    cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RAX), VMCB);
    cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RSP), WINDOW + HOST_STACK);
    cr_expect_eq(cpu->core[0].state->idt_base, WINDOW + HOST_IDT);
    cr_expect_eq(core_level(&cpu->core[0]), LEVEL_THREAD);
    cr_expect_eq(GET(save.rip), at(svm_test_halted));
}
