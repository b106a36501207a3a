/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Another agent comes between what a guest does to its APIC-access page (SDM vol. 3, 29.4.3.2, 29.6).
 * Every program is explored with each reduction and with plain DFS, which must reach the same states;
 * what these are to be is said beside each.
 */
#include "tests/support/agree.h"
#include "tests/vmx_fixture.h"

/* Guests of core 0, with the page in RDI; what core 1 does; a host. */
__asm__(".pushsection .rodata\n"
        "race_begin:\n"
        "race_add:\n"
        "  mov $0x10, %r8d\n"
        "  xadd %r8d, 0x80(%rdi)\n  vmcall\n"
        "race_locked_add:\n"
        "  mov $0x10, %r8d\n"
        "  lock xadd %r8d, 0x80(%rdi)\n  vmcall\n"
        "race_other_add:\n"
        "  mov $0x20, %r8d\n"
        "  lock xadd %r8d, 0x22080+race_window(%rip)\n"
        "1: hlt\n  jmp 1b\n"
        "race_other_load:\n"
        "  mov 0x22080+race_window(%rip), %r8d\n"
        "6: hlt\n  jmp 6b\n"
        "race_write:\n"
        "  xor %r8d, %r8d\n"
        "  movl $0, 0x350(%rdi)\n"
        "  nop\n  vmcall\n"
        "race_self_ipi:\n" /* 41h to itself */
        "  movl $0x40041, 0x300(%rdi)\n"
        "2: hlt\n  jmp 2b\n"
        "race_handler:\n"
        "  incl race_variable(%rip)\n"
        "  movl $0, 0xb0(%rdi)\n"
        "  iretq\n"
        "race_other_sends:\n"
        "  mov $0x830, %ecx\n  mov $0xfd, %eax\n  xor %edx, %edx\n  wrmsr\n"
        "3: hlt\n  jmp 3b\n"
        "race_other_posts:\n" /* 51h */
        "  lock btsl $17, race_pir(%rip)\n"
        "  mov $0x830, %ecx\n  mov $0xf2, %eax\n  xor %edx, %edx\n  wrmsr\n"
        "4: hlt\n  jmp 4b\n"
        "race_host:\n" /* R8 collects the reasons of the exits */
        "  mov $0x4402, %edx\n  vmread %rdx, %rax\n"
        "  shl $8, %r8d\n  or %eax, %r8d\n"
        "  cmp $18, %eax\n  je 5f\n"
        "  vmresume\n"
        "5: hlt\n"
        "race_end:\n"
        ".set race_window, race_begin - 0x30000\n" /* where physical 0 is */
        ".set race_variable, race_window + 0x8000\n"
        ".set race_pir, race_window + 0x24008\n"
        ".popsection\n");
extern const uint8_t race_begin[], race_add[], race_locked_add[], race_other_add[],
    race_other_load[], race_write[], race_self_ipi[], race_handler[], race_other_sends[],
    race_other_posts[], race_host[], race_end[];

enum { ACCESS_PAGE = 0x26000, R8 = 8, LIMIT = 300000, HANDLED = 0 /* variable */ };

static struct state_set states;

static void set_up_race(void)
{
    set_up();
    own_code(race_begin, race_end);
    v->field[VMCS_SECONDARY_CONTROLS] =
        SEC_APIC_ACCESSES | SEC_REGISTER_VIRT | SEC_VIRTUAL_INTERRUPT;
    v->field[VMCS_APIC_ACCESS] = ACCESS_PAGE;
    v->field[VMCS_HOST_RIP] = own(race_host);
    for (unsigned vector = 0x20; vector < 0x100; vector++)
        set_gate(vector, own(race_handler));
    v->field[VMCS_GUEST_RFLAGS] = 0x202;
    core_set_reg(&cpu->core[0], UC_X86_REG_RDI, WINDOW + ACCESS_PAGE);
    lapic_regs(l, 1)->base |= APIC_BASE_EXTD;
}

TestSuite(vmx_apic_races, .init = set_up_race);

static void explore_race(const uint8_t *guest, const uint8_t *other)
{
    struct program p = {.m = m, .cpu = cpu, .base = WINDOW};
    char text[200] = "";
    v->field[VMCS_GUEST_RIP] = own(guest);
    m->record = NULL;
    cpu_setup_done(cpu);
    cpu_setup_jump(cpu, 1, own(other));
    enum agreement a = agree_with_dfs(&p, LIMIT, &states, text, sizeof text);
    cr_assert_eq(a, AGREES, "%s", a == TOO_LARGE ? "too large" : text);
    cr_assert_eq(states.findings, 0);
}

/* Both find 0 only if the other's addition falls between the load and the store. */
static unsigned both_found_nothing(void)
{
    return states_with_both(&states, state_word(0, R8), 18, state_word(1, R8), 0);
}

/* The reasons of exits go to R8 behind what XADD found: VMCALL is 18. */
Test(vmx_apic_races, a_virtualized_addition_is_two_accesses)
{
    explore_race(race_add, race_other_add);
    cr_expect_eq(both_found_nothing(), 1);
    cr_expect_eq(states_with(&states, state_word(0, R8), 0x20 << 8 | 18), 1);
    cr_expect_eq(states_with(&states, state_word(1, R8), 0x10), 1);
}

Test(vmx_apic_races, a_locked_one_is_not_divided)
{
    explore_race(race_locked_add, race_other_add);
    cr_expect_eq(both_found_nothing(), 0);
    cr_expect_eq(states.count, 2);
}

/* ... and is a store to others: a load finds VTPR before or behind it. */
Test(vmx_apic_races, a_locked_one_is_seen)
{
    explore_race(race_locked_add, race_other_load);
    cr_expect_eq(states_with(&states, state_word(1, R8), 0), 1);
    cr_expect_eq(states_with(&states, state_word(1, R8), 0x10), 1);
}

/* Exits of an external interrupt (1) and of the APIC write (56): the former comes before the instruction or
 * behind the latter, or not in the guest. */
Test(vmx_apic_races, nothing_comes_between_a_write_and_its_emulation)
{
    explore_race(race_write, race_other_sends);
    cr_expect_eq(states.count, 3);
    cr_expect_eq(states_with(&states, state_word(0, R8), 1 << 16 | 56 << 8 | 18), 1);
    cr_expect_eq(states_with(&states, state_word(0, R8), 56 << 16 | 1 << 8 | 18), 1);
    cr_expect_eq(states_with(&states, state_word(0, R8), 56 << 8 | 18), 1);
}

/* A self-IPI and a posted interrupt: both are always delivered, in either order. */
Test(vmx_apic_races, a_self_ipi_and_a_post_are_both_delivered)
{
    explore_race(race_self_ipi, race_other_posts);
    cr_expect_gt(states.count, 0);
    cr_expect_eq(states_with(&states, HANDLED, 2), states.count);
}
