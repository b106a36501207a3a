/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SVM under exploration (APM vol. 2, 15.5, 15.6, 15.13, 15.17, 15.21): what is seen of VMRUN and #VMEXIT while
 * they are under way, the store buffer, and events. Every program is explored with each reduction and with plain
 * DFS, which must reach the same states; what these are to be is said beside each.
 */
#include "tests/svm_program.h"

enum { R8 = 8, R9 = 9, EXIT_CODE = VMCB_VARIABLE(control.exit_code), EXIT_RAX = VMCB_VARIABLE(save.rax) };

static void program(struct svm_program *sp)
{
    svm_program_init(sp);
    sp->model = MEMORY_SC;
}

/* ---- The VMCB is memory ---- */

/* Core 1 reads two fields while #VMEXIT writes them: the exit code comes before the guest's state (15.6), so
 * whoever reads the later one first never sees new state and an old code. RAX of the guest is 5. */
static void look_at_exit(struct svm_program *sp, unsigned first, unsigned second)
{
    program(sp);
    code_mov(&sp->guest, 0, 5);
    code_vmmcall(&sp->guest);
    code_end(&sp->exit);
    code_load(&sp->other, R8, first);
    code_load(&sp->other, R9, second);
    code_end(&sp->other);
}

static unsigned seen(uint32_t r8, uint32_t r9)
{
    return states_with_both(&states, state_word(1, R8), r8, state_word(1, R9), r9);
}

Test(explore_svm, the_exit_code_is_written_before_the_state)
{
    struct svm_program sp;
    look_at_exit(&sp, EXIT_RAX, EXIT_CODE);
    svm_program_explore(&sp);
    cr_expect_eq(states.count, 3);
    cr_expect_eq(seen(0, 0), 1);
    cr_expect_eq(seen(0, VMEXIT_VMMCALL), 1);
    cr_expect_eq(seen(5, VMEXIT_VMMCALL), 1);
}

Test(explore_svm, the_state_may_come_later)
{
    struct svm_program sp;
    look_at_exit(&sp, EXIT_CODE, EXIT_RAX);
    svm_program_explore(&sp);
    cr_expect_eq(states.count, 4);
    cr_expect_eq(seen(VMEXIT_VMMCALL, 0), 1, "between the two writes");
}

/* A software write to EVENTINJ races VMRUN: it is seen, or it is lost to #VMEXIT, which writes the field (15.20). The
 * guest counts in variable 2 what is injected. */
Test(explore_svm, a_write_to_the_vmcb_races_vmrun)
{
    struct svm_program sp;
    program(&sp);
    code_vmmcall(&sp.guest);
    code_load(&sp.exit, R8, VMCB_VARIABLE(control.event_inj));
    code_end(&sp.exit);
    code_store(&sp.other, VMCB_VARIABLE(control.event_inj), EVENT_VALID | INTERRUPT_LOW);
    code_end(&sp.other);
    svm_program_explore(&sp);
    /* Injected, and V is cleared behind it; written between the two accesses, and overwritten; written behind the
     * exit's write, before the host's look or after it. */
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 1), 1);
    cr_expect_eq(states_with_both(&states, INTERRUPT_COUNTER, 1, state_word(0, R8), INTERRUPT_LOW), 1);
    cr_expect_eq(states_with_both(&states, INTERRUPT_COUNTER, 0, state_word(0, R8), 0), 1);
    cr_expect_eq(states_with_both(&states, INTERRUPT_COUNTER, 0, state_word(0, R8),
                                  EVENT_VALID | INTERRUPT_LOW), 1);
}

/* Two cores with one host-save area lose each other's state: here core 1 writes to it, to the RAX that #VMEXIT will
 * load. */
Test(explore_svm, the_host_save_area_can_be_written_by_others)
{
    struct svm_program sp;
    program(&sp);
    code_vmmcall(&sp.guest);
    code_bytes(&sp.exit, "\x41\x89\xc0", 3); /* mov r8d, eax */
    code_end(&sp.exit);
    code_store(&sp.other, (HSAVE_AT - PROGRAM_DATA + offsetof(struct vmcb, save.rax)) / 8, 7);
    code_end(&sp.other);
    svm_program_explore(&sp);
    cr_expect_eq(with(0, R8, VMCB_AT), 1, "core 1 came before the save or after the load");
    cr_expect_eq(with(0, R8, 7), 1);
}

/* ---- The store buffer: knobs ---- */

/* Store buffering across VMRUN: x = 1; VMRUN; r8 = y beside y = 1; mfence; r8 = x. Both 0 only where VMRUN does
 * not wait. */
static unsigned both_zero(struct svm_program *sp, enum knob knob, unsigned value)
{
    sp->model = MEMORY_TSO;
    code_store(&sp->other, 1, 1);
    code_mfence(&sp->other);
    code_load(&sp->other, R8, 0);
    code_end(&sp->other);
    struct program *p = svm_program_open(sp);
    p->m->knobs.value[knob] = (uint8_t)value;
    states_of(p);
    cr_expect(p->m->knobs.consulted >> knob & 1);
    return states_with_both(&states, state_word(0, R8), 0, state_word(1, R8), 0);
}

static unsigned across_vmrun(unsigned value)
{
    struct svm_program sp;
    program(&sp);
    code_store(&sp.before, 0, 1);
    code_load(&sp.guest, R8, 1);
    code_vmmcall(&sp.guest);
    code_end(&sp.exit);
    return both_zero(&sp, KNOB_VMRUN_DRAINS, value);
}

Test(explore_svm, vmrun_waits_for_the_store_buffer) { cr_expect_eq(across_vmrun(0), 0); }
Test(explore_svm, vmrun_may_not_wait_for_the_store_buffer) { cr_expect_gt(across_vmrun(1), 0); }

static unsigned across_exit(unsigned value)
{
    struct svm_program sp;
    program(&sp);
    code_store(&sp.guest, 0, 1);
    code_vmmcall(&sp.guest);
    code_load(&sp.exit, R8, 1);
    code_end(&sp.exit);
    return both_zero(&sp, KNOB_VMEXIT_DRAINS, value);
}

Test(explore_svm, vmexit_waits_for_the_store_buffer) { cr_expect_eq(across_exit(0), 0); }
Test(explore_svm, vmexit_may_not_wait_for_the_store_buffer) { cr_expect_gt(across_exit(1), 0); }

/* Where #VMEXIT does not wait, what it writes goes behind the guest's stores: whoever sees the code sees them. */
Test(explore_svm, what_vmexit_writes_is_in_order_all_the_same)
{
    struct svm_program sp;
    program(&sp);
    sp.model = MEMORY_TSO;
    code_store(&sp.guest, 0, 1);
    code_vmmcall(&sp.guest);
    code_end(&sp.exit);
    code_load(&sp.other, R8, EXIT_CODE);
    code_load(&sp.other, R9, 0);
    code_end(&sp.other);
    struct program *p = svm_program_open(&sp);
    p->m->knobs.value[KNOB_VMEXIT_DRAINS] = 1;
    states_of(p);
    cr_expect_eq(seen(VMEXIT_VMMCALL, 0), 0);
    cr_expect_eq(seen(VMEXIT_VMMCALL, 1), 1);
}

/* ---- Events ---- */

/* Two stores of a guest; the host, behind the exit, loads both. */
static void two_stores(struct svm_program *sp)
{
    code_store(&sp->guest, 0, 1);
    code_store(&sp->guest, 1, 1);
    code_end(&sp->guest);
    code_load(&sp->exit, R8, 0);
    code_load(&sp->exit, R9, 1);
    code_end(&sp->exit);
}

/* 15.13.1: an intercepted interrupt leaves before any instruction: 0/0, 1/0, 1/1, the last from HLT as well. Its
 * vector stays pending: the host never sets GIF. */
static void leaves_anywhere(unsigned sends)
{
    struct svm_program sp;
    program(&sp);
    two_stores(&sp);
    code_send(&sp.other, sends, 0);
    code_end(&sp.other);
    svm_program_explore(&sp);
    cr_expect_eq(states.count, 3);
    cr_expect_eq(with_both(0, 0), 1);
    cr_expect_eq(with_both(1, 0), 1);
    cr_expect_eq(with_both(1, 1), 1);
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 0), 3);
    cr_expect_eq(with_variable(NMI_COUNTER, 0), 3);
}

Test(explore_svm, intr_leaves_anywhere) { leaves_anywhere(INTERRUPT_LOW); }
Test(explore_svm, nmi_leaves_anywhere) { leaves_anywhere(SEND_NMI); }
Test(explore_svm, init_leaves_anywhere) { leaves_anywhere(0x4500); }

/* KVM's idiom: GIF = 0, IF = 1 around VMRUN; the interrupt is taken behind STGI, whenever it came, and once. */
Test(explore_svm, nothing_is_lost_between_vmexit_and_stgi)
{
    struct svm_program sp;
    program(&sp);
    code_vmmcall(&sp.guest);
    code_load(&sp.exit, R8, EXIT_CODE);
    code_stgi(&sp.exit);
    code_idle(&sp.exit);
    code_send(&sp.other, INTERRUPT_LOW, 0);
    code_end(&sp.other);
    svm_program_explore(&sp);
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 1), states.count);
    cr_expect_eq(with(0, R8, VMEXIT_VMMCALL), 1);
    cr_expect_eq(with(0, R8, VMEXIT_INTR), 1);
}

/* A physical interrupt and a virtual one: whichever is recognised first, both are handled, the virtual one in the
 * guest, the physical one by the host behind STGI. The host enters again until the guest leaves by VMMCALL. */
Test(explore_svm, a_physical_and_a_virtual_interrupt)
{
    struct svm_program sp;
    program(&sp);
    sp.rflags |= RFLAGS_IF;
    sp.int_ctl |= V_IRQ | V_IGN_TPR | (uint64_t)INTERRUPT_HIGH << 32;
    code_bytes(&sp.guest, "\x90", 1);
    code_vmmcall(&sp.guest);
    unsigned again = sp.exit.size;
    code_stgi(&sp.exit);
    code_bytes(&sp.exit, "\x90", 1);
    code_clgi(&sp.exit);
    code_load(&sp.exit, R8, EXIT_CODE);
    code_bytes(&sp.exit, "\x41\x81\xf8\x81\x00\x00\x00\x74\x0a", 9); /* cmp r8d, 81h; je end */
    code_vmrun(&sp.exit);
    code_jump_back(&sp.exit, 0xeb, again);
    code_stgi(&sp.exit);
    code_idle(&sp.exit);
    code_send(&sp.other, INTERRUPT_LOW, 0);
    code_end(&sp.other);
    svm_program_explore(&sp);
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 2), states.count, "%u states", states.count);
    cr_expect_gt(states.count, 0);
}

/* ---- Clean bits ---- */

/* Core 1 sets V_IRQ, having seen the first exit or not; the host enters twice, the second time with the clean bit of
 * 060h. Taken after the first exit: only where the processor reads memory all the same. */
static void change_under_a_clean_bit(unsigned knob)
{
    struct svm_program sp;
    program(&sp);
    sp.rflags |= RFLAGS_IF;
    sp.int_ctl = V_IGN_TPR | (uint64_t)INTERRUPT_LOW << 32;
    code_bytes(&sp.guest, "\x90", 1);
    code_vmmcall(&sp.guest);
    code_bytes(&sp.exit, "\x45\x85\xc9\x75\x00", 5); /* test r9d, r9d; jne end */
    unsigned jump = sp.exit.size;
    code_mov(&sp.exit, R9, 1);
    code_store(&sp.exit, VMCB_VARIABLE(control.clean), 1u << CLEAN_TPR);
    code_vmrun(&sp.exit);
    sp.exit.byte[jump - 1] = (uint8_t)(sp.exit.size - jump);
    code_end(&sp.exit);
    code_load(&sp.other, R8, EXIT_CODE);
    code_store(&sp.other, VMCB_VARIABLE(control.int_ctl), (uint32_t)(V_IRQ | V_IGN_TPR));
    code_end(&sp.other);
    struct program *p = svm_program_open(&sp);
    p->m->knobs.value[KNOB_VMCB_CLEAN_BITS] = (uint8_t)knob;
    states_of(p);
    cr_expect_gt(states_with_both(&states, state_word(1, R8), 0, INTERRUPT_COUNTER, 1), 0);
}

static unsigned taken_after_the_first_exit(void)
{
    return states_with_both(&states, state_word(1, R8), VMEXIT_VMMCALL, INTERRUPT_COUNTER, 1);
}

Test(explore_svm, a_change_under_a_clean_bit_is_not_seen)
{
    change_under_a_clean_bit(0);
    cr_expect_eq(taken_after_the_first_exit(), 0);
}

Test(explore_svm, a_change_under_a_clean_bit_may_be_seen)
{
    change_under_a_clean_bit(1);
    cr_expect_gt(taken_after_the_first_exit(), 0);
}
