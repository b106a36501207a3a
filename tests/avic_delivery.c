/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * T2.4 to T2.9: EOI, priorities, when a core looks at IRR, the doorbell, translations that stay (APM vol. 2, 15.29.3.1,
 * 15.29.4, 15.29.8).
 */
#include "tests/avic_fixture.h"

__asm__(".pushsection .rodata\n"
        "avic_dl_begin:\n"
        "avic_dl_handling:\n" /* a handler that ends its interrupt, by MSR */
        "  incl avic_dl_count(%rip)\n"
        "  push %rax\n  push %rcx\n  push %rdx\n"
        "  mov $0x80b, %ecx\n  xor %eax, %eax\n  xor %edx, %edx\n"
        "avic_dl_eoi:\n"
        "  wrmsr\n"
        "avic_dl_after_eoi:\n"
        "  pop %rdx\n  pop %rcx\n  pop %rax\n"
        "  iretq\n"
        "avic_dl_keeping:\n" /* one that does not, with interrupts on */
        "  incl avic_dl_count(%rip)\n"
        "  sti\n"
        "1: hlt\n  jmp 1b\n"
        "avic_dl_cr8:\n" /* raises, takes nothing, lowers */
        "  mov $5, %eax\n  mov %rax, %cr8\n"
        "  sti\n  mfence\n"
        "avic_dl_lower:\n"
        "  mov $3, %eax\n  mov %rax, %cr8\n"
        "avic_dl_lowered:\n"
        "  mfence\n  hlt\n"
        "avic_dl_late_sti:\n" /* interrupts off for some steps, then on */
        "  mfence\n  mfence\n"
        "avic_dl_sti:\n"
        "  sti\n  nop\n  mfence\n"
        "  hlt\n"
        "avic_dl_self:\n" /* a self IPI with interrupts on */
        "  sti\n"
        "  mov $0x83f, %ecx\n  mov $0x41, %eax\n  xor %edx, %edx\n  wrmsr\n"
        "avic_dl_after_self:\n"
        "  mfence\n  hlt\n"
        "avic_dl_tpr:\n" /* reads TPR of the page, by its address, then halts */
        "  mov avic_dl_bar(%rip), %rbx\n"
        "  mov 0x80(%rbx), %esi\n"
        "  hlt\n"
        "avic_dl_count: .quad 0\n"
        "avic_dl_bar: .quad 0xfee00000\n"
        "avic_dl_end:\n"
        ".popsection\n");
extern const uint8_t avic_dl_begin[], avic_dl_handling[], avic_dl_eoi[], avic_dl_after_eoi[],
    avic_dl_keeping[], avic_dl_cr8[], avic_dl_lower[], avic_dl_lowered[], avic_dl_late_sti[],
    avic_dl_sti[], avic_dl_self[], avic_dl_after_self[], avic_dl_tpr[], avic_dl_count[], avic_dl_end[];

enum { LOW = 0x31, HIGH = 0x52, DL_CODE = 0x31000 };

static uint64_t dl(const uint8_t *label)
{
    return WINDOW + DL_CODE + (uint64_t)(label - avic_dl_begin);
}

static uint64_t taken(void)
{
    return memory_at(dl(avic_dl_count) - WINDOW, 4);
}

/* A guest of x2AVIC that halts natively, with handlers that end their interrupt. */
static void set_up_delivery(void)
{
    set_up_avic();
    memcpy(m->memory.ram + DL_CODE, avic_dl_begin, (size_t)(avic_dl_end - avic_dl_begin));
    x2();
    memory_write(&m->memory, VMCB + offsetof(struct vmcb, control.intercept_3), 4,
                 GET(control.intercept_3) & ~INTERCEPT(VMEXIT_HLT));
    set_gate(GUEST_IDT, LOW, dl(avic_dl_handling));
    set_gate(GUEST_IDT, HIGH, dl(avic_dl_handling));
    PUT(save.rip, own(avic_test_idle));
}

TestSuite(avic_delivery, .init = set_up_delivery);

static void guest_at(uint64_t rip)
{
    PUT(save.rip, rip);
    enter();
}

/* Something enters IRR, and nobody rings. */
static void stored(unsigned vector)
{
    put_bit(PAGE_0, VAPIC_VIRR, vector);
}

static void rings_and_runs(void)
{
    rings();
    run();
}

/* ---- When the core looks ---- */

Test(avic_delivery, vmrun_looks)
{
    stored(LOW);
    guest_at(own(avic_test_idle));
    in_guest();
    cr_expect_eq(taken(), 1, "%s", trace);
    cr_expect(no_irr(PAGE_0));
    cr_expect_not(isr(PAGE_0, LOW));
}

Test(avic_delivery, the_doorbell_wakes_a_halted_guest)
{
    guest_at(own(avic_test_idle));
    stored(LOW);
    rings_and_runs();
    in_guest();
    cr_expect_eq(taken(), 1, "%s", trace);
}

/* U2 */
Test(avic_delivery, or_does_not)
{
    m->knobs.value[KNOB_DOORBELL_WAKES_HALTED] = 1;
    guest_at(own(avic_test_idle));
    stored(LOW);
    rings_and_runs();
    cr_expect_eq(taken(), 0);
    cr_expect(irr(PAGE_0, LOW));
}

/* T2.8: a store to IRR alone is not noticed, however long the guest runs with interrupts on. */
Test(avic_delivery, T2_8_a_store_without_a_doorbell_is_not_noticed)
{
    PUT(save.rip, own(avic_test_spin));
    cpu_setup_done(cpu);
    begin();
    run_for(20);
    stored(LOW);
    run_for(200);
    cr_expect_eq(taken(), 0);
    cr_expect(irr(PAGE_0, LOW));
    rings();
    run_for(200);
    cr_expect_eq(taken(), 1);
}

/* T2.7, I7: in host mode the doorbell does nothing, and the next VMRUN finds the interrupt. */
Test(avic_delivery, T2_7_I7_a_doorbell_in_host_mode_does_nothing)
{
    intercept(VMEXIT_HLT);
    guest_at(own(avic_test_idle));
    left(VMEXIT_HLT);
    struct apic_regs before = *lapic_regs(l, 0);
    struct core_state state = *cpu->core[0].state;
    struct avic_core avic = s->avic[0];
    stored(LOW);
    rings();
    cr_expect_arr_eq(&state, cpu->core[0].state, sizeof state);
    cr_expect_arr_eq(&before, lapic_regs(l, 0), sizeof before);
    cr_expect_arr_eq(&avic, &s->avic[0], sizeof avic, "it is not kept either");
    run();
    cr_expect_eq(taken(), 0);
    memory_write(&m->memory, VMCB + offsetof(struct vmcb, control.intercept_3), 4,
                 GET(control.intercept_3) & ~INTERCEPT(VMEXIT_HLT));
    enter_again();
    cr_expect_eq(taken(), 1, "%s", trace);
}

/* 2.6: a guest without AVIC is not concerned, nor is the next one with it. */
Test(avic_delivery, a_guest_without_avic_ignores_it)
{
    PUT(control.int_ctl, V_INTR_MASKING);
    guest_at(own(avic_test_idle));
    stored(LOW);
    rings_and_runs();
    cr_expect_eq(taken(), 0);
    cr_expect_eq(s->avic[0].doorbell, 0);
}

/* 2.6: whose doorbell it was does not matter: the core looks at the page of the guest that it runs. */
Test(avic_delivery, a_doorbell_for_another_is_harmless)
{
    guest_at(own(avic_test_idle));
    put_bit(PAGE_1, VAPIC_VIRR, LOW);
    rings_and_runs();
    cr_expect_eq(taken(), 0);
    cr_expect(irr(PAGE_1, LOW));
    in_guest();
}

/* I5: two doorbells, one interrupt. */
Test(avic_delivery, I5_two_doorbells_deliver_once)
{
    guest_at(own(avic_test_idle));
    stored(LOW);
    rings();
    rings();
    run();
    cr_expect_eq(taken(), 1);
    rings_and_runs();
    cr_expect_eq(taken(), 1);
}

/* T2.6: from the step that commits VMRUN on, whatever micro-step it comes behind, the interrupt is taken: either
 * VMRUN finds IRR set, or the doorbell counts. */
Test(avic_delivery, T2_6_a_doorbell_at_each_step_of_vmrun)
{
    unsigned with_guest = 0;
    PUT(save.rip, own(avic_test_idle));
    cpu_setup_done(cpu);
    for (unsigned steps = 0; steps < 60; steps++) {
        begin();
        memory_write(&m->memory, dl(avic_dl_count) - WINDOW, 4, 0);
        run_for(steps);
        bool inside = svm_in_guest(s, 0);
        stored(LOW);
        rings();
        run();
        with_guest += inside;
        cr_expect_eq(taken(), 1, "after %u steps%s:\n%s", steps, inside ? ", in the guest" : "", trace);
    }
    cr_expect_gt(with_guest, 10);
}

/* ---- What has been found stays ---- */

/* U10: the doorbell comes while interrupts are off; they are set later. */
static void doorbell_before_sti(void)
{
    PUT(save.rip, dl(avic_dl_late_sti));
    cpu_setup_done(cpu);
    begin();
    for (unsigned i = 0; i < 100 && !strstr(trace, "mfence"); i++)
        run_for(1);
    cr_assert(strstr(trace, "mfence") && !cpu->core[0].state->interrupt_flag);
    stored(LOW);
    rings();
    run();
}

Test(avic_delivery, I1_a_doorbell_with_interrupts_off_counts_later)
{
    doorbell_before_sti();
    cr_expect_eq(taken(), 1, "%s", trace);
}

Test(avic_delivery, I1_what_vmrun_found_counts_later)
{
    stored(LOW);
    guest_at(dl(avic_dl_late_sti));
    cr_expect_eq(taken(), 1, "%s", trace);
}

/* U10: a store that nobody rang for, while interrupts were off. */
static void store_before_sti(unsigned knob, unsigned expected)
{
    m->knobs.value[KNOB_AVIC_LOOKS_AT_STI] = knob;
    PUT(save.rip, dl(avic_dl_late_sti));
    cpu_setup_done(cpu);
    begin();
    for (unsigned i = 0; i < 100 && !strstr(trace, "PPR") && !strstr(trace, "mfence"); i++)
        run_for(1);
    stored(LOW);
    run();
    cr_expect_eq(taken(), expected, "%s", trace);
}

Test(avic_delivery, sti_does_not_look)
{
    store_before_sti(0, 0);
}

Test(avic_delivery, or_sti_looks)
{
    store_before_sti(1, 1);
}

/* What is found is looked for once more as it is taken: somebody has taken it back. */
Test(avic_delivery, an_interrupt_that_is_taken_back_is_not_delivered)
{
    stored(LOW);
    PUT(save.rip, dl(avic_dl_late_sti));
    cpu_setup_done(cpu);
    begin();
    for (unsigned i = 0; i < 100 && !s->avic[0].pending; i++)
        run_for(1);
    cr_assert_eq(s->avic[0].pending, LOW);
    put_reg(PAGE_0, VAPIC_VIRR + vapic_word(LOW), 0);
    run();
    in_guest();
    cr_expect_eq(taken(), 0);
    cr_expect_not(strstr(trace, "delivers"), "%s", trace);
}

/* ---- Delivery, priorities ---- */

Test(avic_delivery, the_highest_comes_first)
{
    set_gate(GUEST_IDT, HIGH, dl(avic_dl_keeping));
    stored(LOW);
    stored(HIGH);
    guest_at(own(avic_test_idle));
    cr_expect_eq(taken(), 1);
    cr_expect(isr(PAGE_0, HIGH));
    cr_expect(irr(PAGE_0, LOW));
    cr_expect_eq(reg(PAGE_0, VAPIC_VPPR), HIGH & 0xf0);
}

/* A higher class nests in what is in service; the same class does not. */
Test(avic_delivery, a_higher_one_nests)
{
    set_gate(GUEST_IDT, LOW, dl(avic_dl_keeping));
    set_gate(GUEST_IDT, LOW + 1, dl(avic_dl_keeping));
    stored(LOW);
    guest_at(own(avic_test_idle));
    stored(LOW + 1);
    rings_and_runs();
    cr_expect_eq(taken(), 1);
    stored(HIGH);
    rings_and_runs();
    cr_expect_eq(taken(), 2);
    cr_expect(isr(PAGE_0, LOW));
}

/* What is in service when the guest is entered counts from there. */
Test(avic_delivery, vmrun_finds_what_is_in_service)
{
    put_bit(PAGE_0, VAPIC_VISR, HIGH);
    stored(LOW);
    guest_at(own(avic_test_idle));
    cr_expect_eq(taken(), 0);
    cr_expect(irr(PAGE_0, LOW));
}

/* T2.5: V_TPR decides, not TPR of the page (knob avic-entry-tpr). */
static void tpr_at_entry(unsigned v_tpr, unsigned page, unsigned knob, unsigned expected)
{
    m->knobs.value[KNOB_AVIC_ENTRY_TPR] = knob;
    PUT(control.int_ctl, GET(control.int_ctl) | v_tpr);
    put_reg(PAGE_0, VAPIC_VTPR, page);
    stored(LOW);
    guest_at(own(avic_test_idle));
    cr_expect_eq(taken(), expected, "%s", trace);
}

Test(avic_delivery, T2_5_v_tpr_blocks)
{
    tpr_at_entry(0xf, 0, 0, 0);
}

Test(avic_delivery, T2_5_tpr_of_the_page_does_not)
{
    tpr_at_entry(0, 0xf0, 0, 1);
}

Test(avic_delivery, T2_5_or_tpr_of_the_page_blocks)
{
    tpr_at_entry(0, 0xf0, 1, 0);
}

Test(avic_delivery, T2_5_or_v_tpr_does_not)
{
    tpr_at_entry(0xf, 0, 1, 1);
}

/* 2.4: MOV CR8 writes both, whatever V_INTR_MASKING is; lowering it looks. */
static void cr8_masks_and_unmasks(void)
{
    set_gate(GUEST_IDT, HIGH, dl(avic_dl_keeping));
    stored(HIGH);
    guest_at(dl(avic_dl_cr8));
    cr_expect_eq(taken(), 1, "%s", trace);
    cr_expect_eq(reg(PAGE_0, VAPIC_VTPR), 0x30);
    cr_expect_eq(lapic_regs(l, 0)->tpr, 0, "the physical one stays");
}

Test(avic_delivery, cr8_masks_and_unmasks)
{
    cr8_masks_and_unmasks();
    cr_expect(before("PPR = 0x30", "delivers virtual interrupt 0x52"));
    cr_expect(before("PPR = 0x50", "PPR = 0x30"));
}

Test(avic_delivery, cr8_without_v_intr_masking)
{
    PUT(control.int_ctl, V_AVIC_ENABLE | V_X2AVIC_ENABLE);
    cr8_masks_and_unmasks();
}

/* 2.4: TPR by its register, and what #VMEXIT leaves in the VMCB. */
Test(avic_delivery, a_write_to_tpr_is_v_tpr)
{
    intercept(VMEXIT_HLT);
    writes_msr(0x808, 0x75);
    completes();
    cr_expect_eq(reg(PAGE_0, VAPIC_VTPR), 0x75);
    cr_expect_eq(GET(control.int_ctl) & 0xff, 7);
    cr_expect_eq(reg(PAGE_0, VAPIC_VPPR), 0x70);
}

/* ---- T2.4: EOI ---- */

/* Edge: the next one in service, PPR, a look at IRR. */
Test(avic_delivery, T2_4_edge)
{
    put_bit(PAGE_0, VAPIC_VISR, HIGH);
    put_bit(PAGE_0, VAPIC_VISR, LOW);
    intercept(VMEXIT_HLT);
    writes_msr(0x80b, 0);
    completes();
    cr_expect_not(isr(PAGE_0, HIGH));
    cr_expect(isr(PAGE_0, LOW));
    cr_expect_eq(reg(PAGE_0, VAPIC_VPPR), LOW & 0xf0);
}

Test(avic_delivery, T2_4_eoi_looks)
{
    put_bit(PAGE_0, VAPIC_VISR, HIGH);
    stored(LOW);
    PUT(save.rflags, 0x202);
    writes_msr(0x80b, 0);
    in_guest();
    cr_expect_eq(taken(), 1, "%s", trace);
}

Test(avic_delivery, T2_4_nothing_in_service)
{
    intercept(VMEXIT_HLT);
    writes_msr(0x80b, 0);
    completes();
}

/* Level: exit 402h with the vector. U6: whether it is still in service, and where RIP is. */
static void level_eoi(unsigned knob, bool kept, const uint8_t *rip)
{
    m->knobs.value[KNOB_AVIC_LEVEL_EOI] = knob;
    put_bit(PAGE_0, VAPIC_VISR, HIGH);
    put_bit(PAGE_0, VAPIC_VTMR, HIGH);
    put_bit(PAGE_0, VAPIC_VISR, LOW);
    put_reg(PAGE_0, VAPIC_VEOI, 0x77);
    writes_msr(0x80b, 0);
    left(VMEXIT_AVIC_NOACCEL);
    cr_expect_eq(GET(control.exit_info_1), 1ull << 32 | 0xb0);
    cr_expect_eq(GET(control.exit_info_2), HIGH);
    cr_expect_eq(GET(save.rip), own(rip));
    cr_expect_eq(isr(PAGE_0, HIGH), kept);
    cr_expect_eq(reg(PAGE_0, VAPIC_VEOI), rip == avic_test_wrmsr_at ? 0x77 : 0);
}

Test(avic_delivery, T2_4_level_is_a_trap)
{
    level_eoi(0, true, avic_test_wrmsr_behind);
}

Test(avic_delivery, T2_4_level_is_a_trap_and_out_of_service)
{
    level_eoi(1, false, avic_test_wrmsr_behind);
}

Test(avic_delivery, T2_4_level_is_a_fault)
{
    level_eoi(2, true, avic_test_wrmsr_at);
}

/* TMR of another vector in service, or of one that is not, does not matter. */
Test(avic_delivery, T2_4_level_of_another_vector)
{
    put_bit(PAGE_0, VAPIC_VISR, HIGH);
    put_bit(PAGE_0, VAPIC_VISR, LOW);
    put_bit(PAGE_0, VAPIC_VTMR, LOW);
    intercept(VMEXIT_HLT);
    writes_msr(0x80b, 0);
    completes();
}

/* By MMIO alike; a fault there has not written either. */
Test(avic_delivery, T2_4_level_by_mmio)
{
    PUT(control.int_ctl, V_INTR_MASKING | V_AVIC_ENABLE);
    m->knobs.value[KNOB_AVIC_LEVEL_EOI] = 2;
    put_bit(PAGE_0, VAPIC_VISR, HIGH);
    put_bit(PAGE_0, VAPIC_VTMR, HIGH);
    put_reg(PAGE_0, VAPIC_VEOI, 0x77);
    writes(VAPIC_VEOI, 0);
    left(VMEXIT_AVIC_NOACCEL);
    cr_expect_eq(GET(save.rip), own(avic_test_write_at));
    cr_expect_eq(GET(control.exit_info_2), HIGH);
    cr_expect_eq(reg(PAGE_0, VAPIC_VEOI), 0x77);
}

/* ---- Other events ---- */

/* 15.29.6.1: a self IPI looks at once. */
Test(avic_delivery, a_self_ipi_is_taken_behind_the_instruction)
{
    set_gate(GUEST_IDT, 0x41, dl(avic_dl_keeping));
    guest_at(dl(avic_dl_self));
    cr_expect_eq(taken(), 1, "%s", trace);
    cr_expect_eq(memory_at(GUEST_STACK - 40, 8), dl(avic_dl_after_self), "where it returns to");
}

/* 15.21.5 and 2.5: a physical interrupt first; then nothing of the guest's is lost. */
Test(avic_delivery, I6_a_physical_interrupt_goes_first)
{
    PUT(control.int_ctl, V_AVIC_ENABLE | V_X2AVIC_ENABLE); /* the guest's IF masks both */
    guest_at(own(avic_test_idle));
    stored(LOW);
    rings();
    arrives(APIC_FIXED, 0x61);
    left(VMEXIT_INTR);
    cr_expect_eq(taken(), 0);
    cr_expect(irr(PAGE_0, LOW));
    cr_expect(lapic_deliverable(l, 0), "15.13.1: not acknowledged");
}

/* U14 */
static void vintr_intercept(unsigned knob)
{
    m->knobs.value[KNOB_AVIC_VINTR] = knob;
    intercept(VMEXIT_VINTR);
    stored(LOW);
    guest_at(own(avic_test_idle));
}

Test(avic_delivery, the_vintr_intercept_does_not_matter)
{
    vintr_intercept(0);
    in_guest();
    cr_expect_eq(taken(), 1);
}

Test(avic_delivery, or_it_leaves_the_guest)
{
    vintr_intercept(1);
    left(VMEXIT_VINTR);
    cr_expect(irr(PAGE_0, LOW));
}

/* 15.29.8.3: V_IRQ and what belongs to it are ignored. */
Test(avic_delivery, v_irq_is_ignored)
{
    PUT(control.int_ctl, GET(control.int_ctl) | V_IRQ | V_INTR_PRIO | V_IGN_TPR | (uint64_t)HIGH << 32);
    guest_at(own(avic_test_idle));
    in_guest();
    cr_expect_eq(taken(), 0);
}

/* 15.33.1 (virtual GIF): it masks what AVIC delivers. */
Test(avic_delivery, virtual_gif_masks)
{
    PUT(control.int_ctl, GET(control.int_ctl) | V_GIF_ENABLE);
    stored(LOW);
    guest_at(own(avic_test_idle));
    cr_expect_eq(taken(), 0);
}

/* EVENTINJ comes before; what AVIC has follows as soon as the handler lets it. */
Test(avic_delivery, an_injected_event_comes_first)
{
    set_gate(GUEST_IDT, 0x61, dl(avic_dl_keeping));
    PUT(control.event_inj, EVENT_VALID | 0x61);
    stored(LOW);
    guest_at(own(avic_test_idle));
    cr_expect_eq(taken(), 2, "%s", trace);
    cr_expect_eq(memory_at(GUEST_STACK - 40, 8), own(avic_test_idle));
}

/* U13: the idle HLT intercept, with interrupts off so that what is pending stays. */
static void idle_hlt(unsigned knob, unsigned vector, uint64_t code)
{
    m->knobs.value[KNOB_AVIC_IDLE_HLT] = knob;
    intercept(VMEXIT_IDLE_HLT);
    if (vector)
        stored(vector);
    guest_at(own(avic_test_idle) + 1); /* behind STI */
    if (code)
        left(code);
    else
        in_guest();
    cr_expect_eq(cpu->core[0].state->activity, code ? ACTIVITY_ACTIVE : ACTIVITY_HLT);
}

Test(avic_delivery, idle_hlt_with_an_empty_irr_exits)
{
    idle_hlt(0, 0, VMEXIT_IDLE_HLT);
}

Test(avic_delivery, idle_hlt_with_an_interrupt_halts)
{
    idle_hlt(0, LOW, 0);
}

Test(avic_delivery, idle_hlt_or_it_does_not_look)
{
    idle_hlt(1, LOW, VMEXIT_IDLE_HLT);
}

/* ---- T2.9: translations ---- */

/* The guest reads TPR of its APIC by the page, having been entered a second time with another page there. */
static void second_page(unsigned knob, unsigned tlb_control, unsigned asid, uint32_t expected)
{
    m->knobs.value[KNOB_AVIC_STALE_TLB] = knob;
    PUT(control.int_ctl, V_INTR_MASKING | V_AVIC_ENABLE);
    intercept(VMEXIT_HLT);
    put_reg(PAGE_0, VAPIC_VTPR, 0x11);
    put_reg(PAGE_1, VAPIC_VTPR, 0x22);
    guest_at(dl(avic_dl_tpr));
    left(VMEXIT_HLT);
    cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RSI), 0x11);
    PUT(control.avic_backing_page, PAGE_1);
    PUT(control.tlb_control, tlb_control);
    PUT(control.asid, asid);
    PUT(save.rip, dl(avic_dl_tpr));
    enter_again();
    left(VMEXIT_HLT);
    cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RSI), expected);
}

Test(avic_delivery, T2_9_without_a_flush_it_is_the_page_from_before)
{
    second_page(0, TLB_NOTHING, 1, 0x11);
}

/* "Regardless of the respective ASID values", 15.29.4.3. */
Test(avic_delivery, T2_9_whatever_the_asids_are)
{
    second_page(0, TLB_NOTHING, 2, 0x11);
}

Test(avic_delivery, T2_9_a_machine_of_its_own_with_another_asid_is_not_concerned)
{
    PUT(control.avic_physical_table, PIT | LAST);
    second_page(0, TLB_NOTHING, 1, 0x11);
    PUT(control.avic_physical_table, (PIT + 0x1000) | LAST);
    PUT(control.asid, 3);
    PUT(save.rip, dl(avic_dl_tpr));
    enter_again();
    left(VMEXIT_HLT);
    cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RSI), 0x22);
}

Test(avic_delivery, T2_9_or_it_is_not)
{
    second_page(1, TLB_NOTHING, 1, 0x22);
}

Test(avic_delivery, T2_9_with_a_flush_it_is_the_new_one)
{
    second_page(0, TLB_FLUSH_ASID, 2, 0x22);
}

/* AVIC is switched off: the page stays where it was, as memory. */
static void switched_off(unsigned tlb_control, uint32_t expected)
{
    PUT(control.int_ctl, V_INTR_MASKING | V_AVIC_ENABLE);
    intercept(VMEXIT_HLT);
    put_reg(PAGE_0, VAPIC_VTPR, 0x11);
    memory_write(&m->memory, dl(avic_dl_tpr) - WINDOW, 1, memory_at(dl(avic_dl_tpr) - WINDOW, 1));
    PUT(control.avic_apic_bar, PAGE_3);
    memory_write(&m->memory, dl(avic_dl_end) - WINDOW - 8, 8, WINDOW + PAGE_3);
    put_reg(PAGE_3, VAPIC_VTPR, 0x33);
    guest_at(dl(avic_dl_tpr));
    cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RSI), 0x11);
    PUT(control.int_ctl, V_INTR_MASKING);
    PUT(control.tlb_control, tlb_control);
    PUT(save.rip, dl(avic_dl_tpr));
    enter_again();
    left(VMEXIT_HLT);
    cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RSI), expected);
}

Test(avic_delivery, T2_9_switched_off_without_a_flush)
{
    switched_off(TLB_NOTHING, 0x11);
}

Test(avic_delivery, T2_9_switched_off_with_a_flush)
{
    switched_off(TLB_FLUSH_ALL, 0x33);
}
