/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A core of the AMD profile that runs: a host with one guest, whose VMCB a test fills. After each #VMEXIT the
 * host waits, with GIF = 0, until the test lets it enter again. Included once by each test of SVM that needs it.
 */
#ifndef TESTS_SVM_FIXTURE_H
#define TESTS_SVM_FIXTURE_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "sim/message.h"
#include "sim/tso.h"
#include "svm/svm.h"
#include "tests/support/interrupts.h"

/* Position-independent; copied to CODE. Markers: NOPs with an index register (kvm/runtime). */
__asm__(".pushsection .rodata\n"
        "svm_test_begin:\n"
        "svm_test_host:\n"
        "  mov $0xc0000080, %ecx\n  rdmsr\n  or $0x1000, %eax\n  wrmsr\n" /* EFER.SVME */
        "  mov $0xc0010117, %ecx\n  mov %rdi, %rax\n  xor %edx, %edx\n  wrmsr\n" /* VM_HSAVE_PA */
        "  mov $0x1b, %ecx\n  rdmsr\n  or $0xc00, %eax\n  wrmsr\n"
        "  mov $0x80f, %ecx\n  mov $0x1ff, %eax\n  xor %edx, %edx\n  wrmsr\n"
        "  {disp32} nopl 0(%rax,%rcx,1)\n" /* set-up is done */
        "svm_test_run:\n"
        "  mov $0x21000, %eax\n"
        "  clgi\n"
        "svm_test_vmrun:\n"
        "  vmrun\n"
        "svm_test_behind:\n" /* where #VMEXIT comes to */
        "  pause\n  cmpl $0, svm_test_go(%rip)\n  je svm_test_behind\n"
        "  movl $0, svm_test_go(%rip)\n"
        "  vmrun\n"
        "  jmp svm_test_behind\n"
        "svm_test_host_if:\n" /* the same with interrupts on, which GIF = 0 holds */
        "  mov $0x21000, %eax\n"
        "  clgi\n  sti\n  nop\n"
        "  jmp svm_test_vmrun\n"
        "svm_test_open:\n" /* where a core may begin instead: a host that sets GIF behind the exit */
        "  mov $0x21000, %eax\n"
        "  clgi\n  sti\n  nop\n"
        "  vmrun\n"
        "  incl svm_test_exits(%rip)\n"
        "  stgi\n"
        "  nop\n  incl svm_test_flag(%rip)\n"
        "1: hlt\n  jmp 1b\n"
        "svm_test_sti_vmrun:\n" /* the shadow of an STI covers VMRUN */
        "  mov $0x21000, %eax\n"
        "  clgi\n  sti\n"
        "  vmrun\n"
        "1: hlt\n  jmp 1b\n"
        "svm_test_idle:\n"
        "  mov $0xc0000080, %ecx\n  rdmsr\n  or $0x1000, %eax\n  wrmsr\n"
        "  mov $0xc0010117, %ecx\n  mov %rdi, %rax\n  xor %edx, %edx\n  wrmsr\n"
        "  {disp32} nopl 0(%rax,%rcx,1)\n"
        "  hlt\n"
        "svm_test_guest:\n"
        "  sti\n"
        "1: hlt\n"
        "svm_test_halted:\n"
        "  jmp 1b\n"
        "svm_test_isr:\n" /* of the guest; the interrupt has no end */
        "  incl svm_test_handled(%rip)\n"
        "  iretq\n"
        "svm_test_host_isr:\n"
        "  incl svm_test_host_handled(%rip)\n"
        "  push %rax\n  push %rcx\n  push %rdx\n"
        "  mov $0x80b, %ecx\n  xor %eax, %eax\n  xor %edx, %edx\n  wrmsr\n"
        "  pop %rdx\n  pop %rcx\n  pop %rax\n"
        "  iretq\n"
        "svm_test_host_nmi:\n"
        "  incl svm_test_host_nmis(%rip)\n"
        "  iretq\n"
        "svm_test_handled: .quad 0\n"
        "svm_test_host_handled: .quad 0\n"
        "svm_test_host_nmis: .quad 0\n"
        "svm_test_go: .quad 0\n"
        "svm_test_exits: .quad 0\n"
        "svm_test_flag: .quad 0\n"
        "svm_test_end:\n"
        ".popsection\n");

extern const uint8_t svm_test_begin[], svm_test_host[], svm_test_run[], svm_test_vmrun[],
    svm_test_behind[], svm_test_host_if[], svm_test_open[], svm_test_sti_vmrun[], svm_test_idle[], svm_test_guest[],
    svm_test_halted[], svm_test_isr[], svm_test_host_isr[], svm_test_host_nmi[], svm_test_handled[],
    svm_test_host_handled[], svm_test_host_nmis[], svm_test_go[], svm_test_exits[], svm_test_flag[],
    svm_test_end[];

enum {
    CODE = 0x10000,
    HSAVE = 0x20000, /* a page a core, 1000h apart from core 1's on */
    VMCB = 0x21000,
    OTHER_VMCB = 0x22000,
    MSRPM = 0x23000,
    GUEST_IDT = 0x25000,
    HOST_IDT = 0x26000,
    GUEST_STACK = 0x28000,
    HOST_STACK = 0x2a000,
    OTHER_HSAVE = 0x2b000,
    OWN_CODE = 0x30000, /* what a test brings along */
    RAM = 0x40000,
    LONG_MODE_CODE = 0xa9b, /* CS attributes: present code, L, G */
};
#define WINDOW 0xffffffff80000000ull

static struct machine *m;
static struct cpu *cpu;
static struct lapic *l;
static struct svm *s;
static struct step step_record;
static char trace[32768];

static inline uint64_t memory_at(uint64_t physical, unsigned size)
{
    return memory_read(&m->memory, physical, size);
}

/* A field of the VMCB. */
#define PUT(member, value) \
    memory_write(&m->memory, VMCB + offsetof(struct vmcb, member), sizeof(((struct vmcb *)0)->member), \
                 (value))
#define GET(member) memory_at(VMCB + offsetof(struct vmcb, member), sizeof(((struct vmcb *)0)->member))

static inline uint64_t at(const uint8_t *label)
{
    return WINDOW + CODE + (uint64_t)(label - svm_test_begin);
}

static inline uint64_t word(const uint8_t *label)
{
    return memory_at(at(label) - WINDOW, 8);
}

static inline uint64_t handled(void)
{
    return word(svm_test_handled);
}

static inline void set_gate(uint64_t idt, unsigned vector, uint64_t target)
{
    uint64_t low = (target & 0xffff) | 8ull << 16 | 0x8e00ull << 32 | (target >> 16 & 0xffff) << 48;
    memory_write(&m->memory, idt + 16 * vector, 8, low);
    memory_write(&m->memory, idt + 16 * vector + 8, 8, target >> 32);
}

static inline void intercept(unsigned code)
{
    uint64_t word_at = VMCB + offsetof(struct vmcb, control.intercept_3) + 4 * ((code - VMEXIT_INTR) / 32);
    memory_write(&m->memory, word_at, 4, memory_at(word_at, 4) | INTERCEPT(code));
}

static inline void unintercept(unsigned code)
{
    assert(code < VMEXIT_VMRUN);
    PUT(control.intercept_3, GET(control.intercept_3) & ~INTERCEPT(code));
}

/* What KVM would set for a guest without APIC virtualization. */
static inline void fill_vmcb(void)
{
    static const uint8_t codes[] = {VMEXIT_INTR, VMEXIT_NMI, VMEXIT_INIT, VMEXIT_SHUTDOWN, VMEXIT_VMRUN,
                                    VMEXIT_VMMCALL, VMEXIT_VMLOAD, VMEXIT_VMSAVE, VMEXIT_STGI, VMEXIT_CLGI};
    for (unsigned i = 0; i < sizeof codes; i++)
        intercept(codes[i]);
    PUT(control.msrpm_base, MSRPM);
    PUT(control.asid, 1);
    PUT(control.int_ctl, V_INTR_MASKING);
    PUT(save.cs.selector, 8);
    PUT(save.cs.attributes, LONG_MODE_CODE);
    PUT(save.ss.selector, 0x10);
    PUT(save.idtr.base, WINDOW + GUEST_IDT);
    PUT(save.idtr.limit, 0xfff);
    PUT(save.efer, 0x1d00); /* SVME, NXE, LMA, LME */
    PUT(save.cr0, 0x80010033);
    PUT(save.cr4, 0x20);
    PUT(save.rflags, 2);
    PUT(save.rip, at(svm_test_guest));
    PUT(save.rsp, WINDOW + GUEST_STACK);
}

static inline void fill_idts(void)
{
    for (unsigned vector = 0x20; vector < 0x100; vector++) {
        set_gate(GUEST_IDT, vector, at(svm_test_isr));
        set_gate(HOST_IDT, vector, at(svm_test_host_isr));
    }
    set_gate(GUEST_IDT, 2, at(svm_test_isr));
    set_gate(HOST_IDT, 2, at(svm_test_host_nmi));
}

static inline void set_up(void)
{
    m = machine_new(2, 0, RAM, 1 << 16);
    cpu = cpu_new(m, WINDOW);
    l = lapic_new(m, cpu);
    s = svm_new(m, cpu, l);
    memcpy(m->memory.ram + CODE, svm_test_begin, (size_t)(svm_test_end - svm_test_begin));
    fill_idts();
    visible_reset(&m->visibility, NULL, 0);
    visible_add(&m->visibility, at(svm_test_go) - WINDOW, 4);
    for (unsigned i = 0; i < 2; i++) {
        cpu->core[i].state->idt_base = WINDOW + HOST_IDT;
        cpu->core[i].state->idt_limit = 0xfff;
    }
    core_set_reg(&cpu->core[0], UC_X86_REG_RSP, WINDOW + HOST_STACK);
    cr_assert(cpu_setup_core(cpu, 0, at(svm_test_host), HSAVE));
    cr_assert(cpu_setup_core(cpu, 1, at(svm_test_idle), OTHER_HSAVE));
    fill_vmcb();
    s->failure_is_result = true;
}

/* Position-independent code of a test. */
static const uint8_t *own_begin;
static inline void own_code(const uint8_t *begin, const uint8_t *end)
{
    own_begin = begin;
    memcpy(m->memory.ram + OWN_CODE, begin, (size_t)(end - begin));
}

static inline uint64_t own(const uint8_t *label)
{
    return WINDOW + OWN_CODE + (uint64_t)(label - own_begin);
}

static inline void begin(void)
{
    m->record = &step_record;
    trace[0] = 0;
    m->core_ops->begin(m->cpu);
}

/* Runs core 0 and its store buffer until both can do nothing, or so many steps. */
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
}

static inline void run(void)
{
    run_for(1000);
    cr_assert_not(agent_enabled(m, 0), "core 0 does not stop:\n%s", trace);
}

/* From behind the set-up, or from a label. */
static inline void enter(void)
{
    cpu_setup_done(cpu);
    begin();
    run();
}

static inline void enter_from(uint64_t address)
{
    cpu_setup_done(cpu);
    cpu_setup_jump(cpu, 0, address);
    begin();
    run();
}

/* With IF = 1 in the host at VMRUN. */
static inline void enter_with_if(void)
{
    enter_from(at(svm_test_host_if));
}

/* The host, which waits, enters once more. */
static inline void enter_again(void)
{
    trace[0] = 0;
    memory_write(&m->memory, at(svm_test_go) - WINDOW, 4, 1);
    run();
}

static inline void arrives(unsigned kind, unsigned vector)
{
    interrupt_arrives(m, kind, vector);
    run();
}

static inline void in_guest(void)
{
    cr_assert(svm_in_guest(s, 0), "%s", trace);
    cr_assert_eq(m->state->finding_count, 0, "%s", m->state->finding[0].message);
}

static inline void left(uint64_t code)
{
    cr_assert_not(svm_in_guest(s, 0), "%s", trace);
    cr_assert_eq(m->state->finding_count, 0, "%s", m->state->finding[0].message);
    cr_assert_eq(GET(control.exit_code), code, "code %llx, not %llx\n%s",
                 (unsigned long long)GET(control.exit_code), (unsigned long long)code, trace);
}

static inline bool before(const char *first, const char *second)
{
    const char *a = strstr(trace, first), *b = strstr(trace, second);
    cr_assert_not_null(a, "no \"%s\" in:\n%s", first, trace);
    cr_assert_not_null(b, "no \"%s\" in:\n%s", second, trace);
    return a < b;
}

#endif
