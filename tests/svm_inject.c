/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event injection, and EXITINTINFO (APM vol. 2, 15.7.2, 15.20; 8.2 for which vectors have error codes). */
#include "tests/svm_fixture.h"

__asm__(".pushsection .rodata\n"
        "inject_begin:\n"
        "inject_guest:\n  vmmcall\n"
        "inject_behind:\n  hlt\n"
        "inject_divides:\n  xor %ecx, %ecx\n"
        "inject_division:\n  div %ecx\n  hlt\n"
        "inject_int:\n  int $0x41\n  hlt\n"
        "inject_frame_isr:\n  pop %rbx\n  hlt\n" /* RBX: the error code, or RIP without one */
        "inject_halts:\n  hlt\n  jmp inject_halts\n"
        "inject_end:\n"
        ".popsection\n");
extern const uint8_t inject_begin[], inject_guest[], inject_behind[], inject_divides[], inject_division[],
    inject_int[], inject_frame_isr[], inject_halts[], inject_end[];

static void set_up_inject(void)
{
    set_up();
    own_code(inject_begin, inject_end);
    PUT(save.rip, own(inject_guest));
}

TestSuite(svm_inject, .init = set_up_inject);

static uint64_t rbx(void)
{
    return core_reg(&cpu->core[0], UC_X86_REG_RBX);
}

static void inject(unsigned type, unsigned vector)
{
    PUT(control.event_inj, EVENT_VALID | type << 8 | vector);
}

/* 15.20: unconditional: IF, V_TPR, V_GIF and the shadow do not matter, and no instruction comes before. */
Test(svm_inject, nothing_masks_it)
{
    PUT(control.int_ctl, V_GIF_ENABLE | 0xf);
    PUT(control.int_state, INT_SHADOW);
    inject(EVENT_TYPE_EXTERNAL, 0x40);
    enter();
    left(VMEXIT_VMMCALL);
    cr_expect_eq(handled(), 1, "%s", trace);
    cr_expect_eq(GET(save.rip), own(inject_guest));
    cr_expect_eq(GET(control.int_state), 0, "delivery ends the shadow");
}

/* 15.20: V is cleared at #VMEXIT, the rest stays; the next VMRUN does not inject again. */
Test(svm_inject, happens_once)
{
    inject(EVENT_TYPE_EXTERNAL, 0x40);
    enter();
    left(VMEXIT_VMMCALL);
    cr_expect_eq(GET(control.event_inj), 0x40);
    enter_again();
    cr_expect_eq(handled(), 1);
}

Test(svm_inject, the_apic_is_left_alone)
{
    inject(EVENT_TYPE_EXTERNAL, 0x40);
    bits256_set(lapic_regs(l, 0)->irr, 0x40);
    enter();
    cr_expect_eq(handled(), 1);
    cr_expect(lapic_irr(l, 0, 0x40));
    cr_expect_not(lapic_isr(l, 0, 0x40));
}

/* 15.20: an NMI has vector 2 whatever the field says. */
Test(svm_inject, an_nmi_has_vector_2)
{
    set_gate(GUEST_IDT, 0x40, 0);
    inject(EVENT_TYPE_NMI, 0x40);
    enter();
    left(VMEXIT_VMMCALL);
    cr_expect_eq(handled(), 1, "%s", trace);
}

Test(svm_inject, an_exception_pushes_its_error_code)
{
    set_gate(GUEST_IDT, VECTOR_GP, own(inject_frame_isr));
    PUT(control.event_inj, EVENT_VALID | EVENT_HAS_ERROR | EVENT_TYPE_EXCEPTION << 8 | VECTOR_GP);
    PUT(control.event_inj_error, 0x128);
    enter();
    in_guest();
    cr_expect_eq(rbx(), 0x128);
}

/* The error code is pushed by the bit, not by the vector. */
Test(svm_inject, without_the_bit_there_is_no_error_code)
{
    set_gate(GUEST_IDT, VECTOR_GP, own(inject_frame_isr));
    inject(EVENT_TYPE_EXCEPTION, VECTOR_GP);
    PUT(control.event_inj_error, 0x128);
    enter();
    cr_expect_eq(rbx(), own(inject_guest));
}

/* 15.20: intercepts do not see the event itself. */
Test(svm_inject, intercepts_do_not_see_it)
{
    PUT(control.intercept_exceptions, ~0u);
    set_gate(GUEST_IDT, VECTOR_GP, own(inject_frame_isr));
    inject(EVENT_TYPE_EXCEPTION, VECTOR_GP);
    enter();
    in_guest();
}

/* 15.20: INT n returns to nRIP where the processor has it, else to RIP. */
Test(svm_inject, software_interrupts_return_to_nrip)
{
    set_gate(GUEST_IDT, 0x41, own(inject_frame_isr));
    inject(EVENT_TYPE_SOFTWARE, 0x41);
    PUT(control.nrip, own(inject_behind));
    enter();
    cr_expect_eq(rbx(), own(inject_behind));
}

Test(svm_inject, software_interrupts_without_nrip_save)
{
    svm_withhold(s, &(struct svm_features){.edx = SVM_NRIPS});
    set_gate(GUEST_IDT, 0x41, own(inject_frame_isr));
    inject(EVENT_TYPE_SOFTWARE, 0x41);
    PUT(control.nrip, own(inject_behind));
    enter();
    cr_expect_eq(rbx(), own(inject_guest));
}

/* ---- EXITINTINFO: 15.7.2. A gate that is not there gives #GP; its intercept ends the delivery. ---- */

/* The gates above limit are missing: vector 0x80 and up. */
static void few_gates(uint32_t intercepted)
{
    PUT(save.idtr.limit, 16 * 0x80 - 1);
    PUT(control.intercept_exceptions, intercepted);
}

static void ended(uint32_t info, uint64_t rip)
{
    cr_expect_eq(GET(control.exit_int_info), info, "%#llx",
                 (unsigned long long)GET(control.exit_int_info));
    cr_expect_eq(GET(save.rip), rip);
    cr_expect_eq(GET(control.event_inj) & EVENT_VALID, 0);
}

Test(svm_inject, an_injection_that_fails_is_told)
{
    few_gates(1u << VECTOR_GP | 1u << VECTOR_NP);
    inject(EVENT_TYPE_EXTERNAL, 0x90);
    enter();
    left(VMEXIT_EXCP0 + VECTOR_GP);
    ended(EVENT_VALID | 0x90, own(inject_guest));
    /* APM vol. 2, 8.4.3: selector 90h << 3, IDT and EXT set. */
    cr_expect_eq(GET(control.exit_info_1), 0x90 << 3 | 3);
    cr_expect_eq(GET(control.nrip), 0);
}

/* Error code and its bit. */
Test(svm_inject, the_error_code_is_told)
{
    few_gates(1u << VECTOR_DF | 1u << VECTOR_NP | 1u << VECTOR_GP);
    PUT(save.idtr.limit, 0);
    PUT(control.event_inj, EVENT_VALID | EVENT_HAS_ERROR | EVENT_TYPE_EXCEPTION << 8 | VECTOR_PF);
    PUT(control.event_inj_error, 7);
    enter();
    left(VMEXIT_EXCP0 + VECTOR_GP);
    ended(EVENT_VALID | EVENT_HAS_ERROR | EVENT_TYPE_EXCEPTION << 8 | VECTOR_PF, own(inject_guest));
    cr_expect_eq(GET(control.exit_int_error), 7);
}

Test(svm_inject, int_n_that_fails_is_told)
{
    few_gates(1u << VECTOR_GP);
    set_gate(GUEST_IDT, 0x41, 0);
    PUT(save.idtr.limit, 16 * 0x41 - 1);
    PUT(save.rip, own(inject_int));
    enter();
    left(VMEXIT_EXCP0 + VECTOR_GP);
    ended(EVENT_VALID | EVENT_TYPE_SOFTWARE << 8 | 0x41, own(inject_int));
}

Test(svm_inject, an_injected_int_n_that_fails_is_told)
{
    few_gates(1u << VECTOR_GP);
    inject(EVENT_TYPE_SOFTWARE, 0x90);
    PUT(control.nrip, own(inject_behind));
    enter();
    left(VMEXIT_EXCP0 + VECTOR_GP);
    ended(EVENT_VALID | EVENT_TYPE_SOFTWARE << 8 | 0x90, own(inject_guest));
}

Test(svm_inject, a_virtual_interrupt_that_fails_is_told)
{
    few_gates(1u << VECTOR_GP);
    PUT(save.rflags, RFLAGS_FIXED | RFLAGS_IF);
    PUT(control.int_ctl, V_IRQ | V_IGN_TPR | 0x90ull << 32);
    enter();
    left(VMEXIT_EXCP0 + VECTOR_GP);
    ended(EVENT_VALID | 0x90, own(inject_guest));
    cr_expect_not(GET(control.int_ctl) & V_IRQ, "it has been taken");
}

/* 15.7.3: EXITINTINFO is the event before, here #DE, which has no error code, also where #DF is intercepted. */
Test(svm_inject, a_double_fault_leaves_the_event_before_it)
{
    few_gates(1u << VECTOR_DF);
    PUT(save.idtr.limit, 0);
    PUT(save.rip, own(inject_divides));
    enter();
    left(VMEXIT_EXCP0 + VECTOR_DF);
    ended(EVENT_VALID | EVENT_TYPE_EXCEPTION << 8, own(inject_division));
}

/* 15.12: the second exception is checked before the two are combined. */
Test(svm_inject, the_second_exception_comes_before_a_double_fault)
{
    few_gates(1u << VECTOR_DF | 1u << VECTOR_GP);
    PUT(save.idtr.limit, 0);
    PUT(save.rip, own(inject_divides));
    enter();
    left(VMEXIT_EXCP0 + VECTOR_GP);
    ended(EVENT_VALID | EVENT_TYPE_EXCEPTION << 8, own(inject_division));
}

/* ---- NMIs that are injected, without V_NMI_ENABLE ---- */

/* 15.20: an injected NMI does not block other NMIs, although the handler has not returned. */
Test(svm_inject, an_injected_nmi_masks_nothing)
{
    PUT(control.intercept_3, GET(control.intercept_3) & ~INTERCEPT(VMEXIT_NMI));
    PUT(save.rip, own(inject_halts));
    set_gate(GUEST_IDT, 2, own(inject_halts)); /* a handler that does not return */
    inject(EVENT_TYPE_NMI, 2);
    enter();
    in_guest();
    cr_expect_eq(GET(save.rsp), WINDOW + GUEST_STACK);
    arrives(APIC_NMI, 0);
    in_guest();
    cr_expect_not(lapic_nmi_pending(l, 0), "taken");
}

/* ---- The host's STI before VMRUN: a knob ---- */

static void sti_shadow(unsigned knob)
{
    m->knobs.value[KNOB_VMRUN_STI_SHADOW] = (uint8_t)knob;
    few_gates(1u << VECTOR_GP);
    inject(EVENT_TYPE_EXTERNAL, 0x90);
    enter_from(at(svm_test_sti_vmrun));
    left(VMEXIT_EXCP0 + VECTOR_GP);
    cr_expect(m->knobs.consulted >> KNOB_VMRUN_STI_SHADOW & 1);
}

Test(svm_inject, the_shadow_of_the_hosts_sti_shows)
{
    sti_shadow(0);
    cr_expect_eq(GET(control.int_state), INT_SHADOW);
}

Test(svm_inject, the_shadow_of_the_hosts_sti_may_be_lost)
{
    sti_shadow(1);
    cr_expect_eq(GET(control.int_state), 0);
}

/* It shows for exits of the delivery alone. */
Test(svm_inject, the_shadow_of_the_hosts_sti_is_gone_behind_the_entry)
{
    enter_from(at(svm_test_sti_vmrun));
    left(VMEXIT_VMMCALL);
    cr_expect_eq(GET(control.int_state), 0);
}
