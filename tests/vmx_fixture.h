/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A core that runs: a host that enters a guest which halts and handles interrupts, for the tests
 * of VMX that need instructions. Included once by each of them.
 */
#ifndef TESTS_VMX_FIXTURE_H
#define TESTS_VMX_FIXTURE_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "sim/message.h"
#include "sim/tso.h"
#include "tests/support/interrupts.h"
#include "vmx/controls.h"
#include "vmx/posted.h"
#include "vmx/vmx.h"

/* Position-independent; copied to CODE. Markers: NOPs with an index register (kvm/runtime). */
__asm__(".pushsection .rodata\n"
        "guest_test_begin:\n"
        "guest_test_host:\n"
        "  mov %cr4, %rax\n  or $0x2000, %rax\n  mov %rax, %cr4\n"
        "  mov $0x1b, %ecx\n  rdmsr\n  or $0xc00, %eax\n  wrmsr\n"
        "  mov $0x80f, %ecx\n  mov $0x1ff, %eax\n  xor %edx, %edx\n  wrmsr\n"
        "  vmxon guest_test_vmxon(%rip)\n  jbe 9f\n"
        "  vmclear guest_test_vmcs(%rip)\n  jbe 9f\n"
        "  vmptrld guest_test_vmcs(%rip)\n  jbe 9f\n"
        "  {disp32} nopl 0(%rax,%rcx,1)\n" /* set-up is done */
        "  vmlaunch\n"
        "9: ud2\n"
        "guest_test_mov_ss:\n" /* where a core may begin instead */
        "  mov %ss, %eax\n  mov %eax, %ss\n"
        "  vmlaunch\n"
        "guest_test_behind_mov_ss:\n"
        "  mov %ss, %eax\n  mov %eax, %ss\n"
        "  nop\n"
        "  vmlaunch\n"
        "  ud2\n"
        "guest_test_resume_mov_ss:\n"
        "  mov %ss, %eax\n  mov %eax, %ss\n"
        "  vmresume\n"
        "  ud2\n"
        "guest_test_sti:\n"
        "  sti\n"
        "  vmlaunch\n"
        "  ud2\n"
        "guest_test_idle:\n"
        "  {disp32} nopl 0(%rax,%rcx,1)\n"
        "  hlt\n"
        "guest_test_exit:\n"
        "  hlt\n"
        "  vmresume\n"
        "  ud2\n"
        "guest_test_guest:\n"
        "  sti\n"
        "1: hlt\n"
        "guest_test_halted:\n"
        "  jmp 1b\n"
        "guest_test_storing:\n" /* a second guest: its store waits in the store buffer */
        "  sti\n"
        "  movl $1, guest_test_flag(%rip)\n"
        "2: hlt\n"
        "  jmp 2b\n"
        "guest_test_self_ipi:\n" /* a third, with interrupts off */
        "  mov $0x83f, %ecx\n  mov $0x31, %eax\n  xor %edx, %edx\n"
        "  wrmsr\n"
        "  hlt\n"
        "guest_test_isr:\n"
        "  push %rax\n  push %rcx\n  push %rdx\n"
        "  incl guest_test_handled(%rip)\n"
        "  mov $0x80b, %ecx\n  xor %eax, %eax\n  xor %edx, %edx\n"
        "  wrmsr\n"
        "guest_test_after_eoi:\n"
        "  pop %rdx\n  pop %rcx\n  pop %rax\n  iretq\n"
        "guest_test_handled: .quad 0\n"
        "guest_test_flag: .quad 0\n"
        "guest_test_vmxon: .quad 0x20000\n"
        "guest_test_vmcs: .quad 0x21000\n"
        "guest_test_end:\n"
        ".popsection\n");

extern const uint8_t guest_test_begin[], guest_test_host[], guest_test_idle[], guest_test_exit[],
    guest_test_mov_ss[], guest_test_behind_mov_ss[], guest_test_resume_mov_ss[], guest_test_sti[],
    guest_test_guest[], guest_test_halted[], guest_test_storing[], guest_test_self_ipi[],
    guest_test_isr[], guest_test_after_eoi[], guest_test_handled[], guest_test_flag[], guest_test_end[];

enum {
    CODE = 0x10000,
    VMXON_REGION = 0x20000,
    VMCS_REGION = 0x21000,
    VAPIC = 0x22000,
    BITMAP = 0x23000,
    PID = 0x24000,
    GUEST_IDT = 0x25000,
    GUEST_STACK = 0x28000,
    HOST_STACK = 0x2a000,
    OWN_CODE = 0x30000, /* what a test brings along */
    RAM = 0x40000,
};
#define WINDOW 0xffffffff80000000ull

static struct machine *m;
static struct cpu *cpu;
static struct lapic *l;
static struct vmx *x;
static struct vmcs *v;
static struct step step_record;
static char trace[16384];

static inline uint64_t at(const uint8_t *label)
{
    return WINDOW + CODE + (uint64_t)(label - guest_test_begin);
}

static inline uint64_t memory_at(uint64_t physical, unsigned size)
{
    return memory_read(&m->memory, physical, size);
}

static inline uint64_t handled(void)
{
    return memory_at(at(guest_test_handled) - WINDOW, 4);
}

static inline void set_gate(unsigned vector, uint64_t target)
{
    uint64_t low = (target & 0xffff) | 8ull << 16 | 0x8e00ull << 32 | (target >> 16 & 0xffff) << 48;
    memory_write(&m->memory, GUEST_IDT + 16 * vector, 8, low);
    memory_write(&m->memory, GUEST_IDT + 16 * vector + 8, 8, target >> 32);
}

static inline void fill_controls(void)
{
    v->field[VMCS_PIN_CONTROLS] = 0x16 | PIN_EXTERNAL_INTERRUPT | PIN_NMI | PIN_POSTED_INTERRUPTS;
    v->field[VMCS_PROC_CONTROLS] =
        0x04006172u | PROC_TPR_SHADOW | PROC_MSR_BITMAPS | PROC_SECONDARY;
    v->field[VMCS_SECONDARY_CONTROLS] = SEC_X2APIC | SEC_REGISTER_VIRT | SEC_VIRTUAL_INTERRUPT;
    v->field[VMCS_EXIT_CONTROLS] = 0x36dfb | EXIT_HOST_64 | EXIT_ACKNOWLEDGE;
    v->field[VMCS_ENTRY_CONTROLS] = 0x11fb | ENTRY_GUEST_64;
    v->field[VMCS_VIRTUAL_APIC] = VAPIC;
    v->field[VMCS_MSR_BITMAP] = BITMAP;
    v->field[VMCS_POSTED_INTR_DESC] = PID;
    v->field[VMCS_POSTED_INTR_NV] = 0xf2;
    v->field[VMCS_LINK_POINTER] = ~0ull;
}

static inline void fill_state(void)
{
    v->field[VMCS_HOST_CR0] = v->field[VMCS_GUEST_CR0] = 0x80010033;
    v->field[VMCS_HOST_CR4] = v->field[VMCS_GUEST_CR4] = 0x2020;
    v->field[VMCS_HOST_CS] = v->field[VMCS_GUEST_CS] = 8;
    v->field[VMCS_HOST_SS] = v->field[VMCS_GUEST_SS] = 0x10;
    v->field[VMCS_HOST_TR] = v->field[VMCS_GUEST_TR] = 0x18;
    v->field[VMCS_HOST_RSP] = WINDOW + HOST_STACK;
    v->field[VMCS_HOST_RIP] = at(guest_test_exit);
    v->field[VMCS_GUEST_RSP] = WINDOW + GUEST_STACK;
    v->field[VMCS_GUEST_RIP] = at(guest_test_guest);
    v->field[VMCS_GUEST_RFLAGS] = 2;
    v->field[VMCS_GUEST_IDTR_BASE] = WINDOW + GUEST_IDT;
    v->field[VMCS_GUEST_IDTR_LIMIT] = 0xfff;
}

static inline void set_up(void)
{
    m = machine_new(2, 0, RAM, 1 << 16);
    cpu = cpu_new(m, WINDOW);
    l = lapic_new(m, cpu);
    x = vmx_new(m, cpu, l);
    memcpy(m->memory.ram + CODE, guest_test_begin, (size_t)(guest_test_end - guest_test_begin));
    memory_write(&m->memory, VMXON_REGION, 4, VMX_REVISION);
    memory_write(&m->memory, VMCS_REGION, 4, VMX_REVISION);
    for (unsigned vector = 0x20; vector < 0x100; vector++)
        set_gate(vector, at(guest_test_isr));
    visible_reset(&m->visibility, NULL, 0);
    visible_add(&m->visibility, VAPIC, 4096);
    visible_add(&m->visibility, PID, 64);
    core_set_reg(&cpu->core[0], UC_X86_REG_RSP, WINDOW + HOST_STACK);
    cr_assert(cpu_setup_core(cpu, 0, at(guest_test_host), 0));
    cr_assert(cpu_setup_core(cpu, 1, at(guest_test_idle), 0));
    v = &x->vmcs[0];
    cr_assert(v->used);
    fill_controls();
    fill_state();
}

/* Position-independent code of a test; what the guest begins with is at its start. */
static const uint8_t *own_begin;
static inline void own_code(const uint8_t *begin, const uint8_t *end)
{
    own_begin = begin;
    memcpy(m->memory.ram + OWN_CODE, begin, (size_t)(end - begin));
    v->field[VMCS_GUEST_RIP] = WINDOW + OWN_CODE;
}

static inline uint64_t own(const uint8_t *label)
{
    return WINDOW + OWN_CODE + (uint64_t)(label - own_begin);
}

static inline void start(void)
{
    m->record = &step_record;
    trace[0] = 0;
    cpu_setup_done(cpu);
    m->core_ops->begin(m->cpu);
}

/* Runs core 0 and its store buffer until both can do nothing. */
static inline void run_for(unsigned steps)
{
    for (unsigned i = 0; i < steps; i++) {
        agent_id a = agent_enabled(m, agent_of_buffer(m, 0)) ? agent_of_buffer(m, 0) : 0;
        if (!agent_enabled(m, a))
            return;
        agent_step(m, a);
        strncat(trace, step_record.text, sizeof trace - strlen(trace) - 1);
        strncat(trace, "\n", sizeof trace - strlen(trace) - 1);
    }
    cr_assert_fail("core 0 does not stop:\n%s", trace);
}

static inline void run(void)
{
    run_for(1000);
}

static inline void interrupt_core(unsigned vector)
{
    interrupt_arrives(m, APIC_FIXED, vector);
}

static inline void post(unsigned vector)
{
    uint64_t word = PID + 8 * (vector / 64);
    memory_write(&m->memory, word, 8, memory_at(word, 8) | 1ull << (vector % 64));
    memory_write(&m->memory, PID + PID_CONTROL, 8, memory_at(PID + PID_CONTROL, 8) | PID_ON);
}

/* A notification for a posted vector, and all that follows from it. */
static inline void notify(unsigned vector)
{
    post(vector);
    interrupt_core(0xf2);
    run();
}

/* ... and one that is pending as the guest is entered. */
static inline void notified_at_entry(unsigned vector)
{
    post(vector);
    lapic_regs(l, 0)->irr[7] = 1u << (0xf2 & 31);
    start();
    run();
}

/* A virtual interrupt that is pending as the guest is entered. */
static inline void pending_virtual(unsigned vector)
{
    uint64_t word = VAPIC + VAPIC_VIRR + vapic_word(vector);
    memory_write(&m->memory, word, 4, 1u << (vector & 31));
    v->field[VMCS_GUEST_INTR_STATUS] = vector;
}

static inline bool before(const char *first, const char *second)
{
    const char *a = strstr(trace, first), *b = strstr(trace, second);
    cr_assert_not_null(a, "no \"%s\" in:\n%s", first, trace);
    cr_assert_not_null(b, "no \"%s\" in:\n%s", second, trace);
    return a < b;
}

static inline void physical_apic_is_quiet(void)
{
    cr_expect_eq(bits256_highest(lapic_regs(l, 0)->irr), 0);
    cr_expect_eq(bits256_highest(lapic_regs(l, 0)->isr), 0);
}

#endif
