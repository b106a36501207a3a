/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two cores that execute lists of operations on their local APICs, by real instructions: RDMSR and
 * WRMSR, loads and stores at FEE00000h, MOV CR8, CPUID. An operation that faults with #GP notes it and
 * is skipped; interrupts are logged. Included once by each test program of the local APIC's registers.
 */
#ifndef TESTS_LAPIC_FIXTURE_H
#define TESTS_LAPIC_FIXTURE_H

#include <criterion/criterion.h>
#include <string.h>

#include "lapic/lapic.h"
#include "lapic/lvt.h"
#include "lapic/mode.h"
#include "sim/message.h"
#include "sim/tso.h"

/* Position-independent; copied to CODE. RDI: this core's list; R15: its log, see struct log. */
__asm__(".pushsection .rodata\n"
        "apic_test_begin:\n"
        "apic_test_entry:\n"
        "  mov %rdi, %rbx\n  lea 0x1000(%rdi), %r15\n"
        "  {disp32} nopl 0(%rax,%rcx,1)\n" /* set-up is done */
        "apic_test_loop:\n"
        "  mov (%rbx), %r8d\n"
        "  mov 4(%rbx), %ecx\n"
        "  mov 8(%rbx), %eax\n  mov 12(%rbx), %edx\n"
        "  lea apic_test_table(%rip), %r9\n"
        "  movslq (%r9,%r8,4), %r10\n  add %r9, %r10\n  jmp *%r10\n"
        "apic_test_done:\n" /* RAX: the result */
        "  mov %rax, 16(%rbx)\n"
        "apic_test_next:\n"
        "  add $32, %rbx\n  jmp apic_test_loop\n"
        "apic_test_end_of_list: cli\n1: hlt\n  jmp 1b\n"
        "apic_test_rdmsr: rdmsr\n  shl $32, %rdx\n  or %rdx, %rax\n  jmp apic_test_done\n"
        "apic_test_wrmsr: wrmsr\n  jmp apic_test_next\n"
        "apic_test_load: mov (%rcx), %eax\n  jmp apic_test_done\n"
        "apic_test_store: mov %eax, (%rcx)\n  jmp apic_test_next\n"
        "apic_test_load_word: movzwl (%rcx), %eax\n  jmp apic_test_done\n"
        "apic_test_store_quad: mov %rax, (%rcx)\n  jmp apic_test_next\n"
        "apic_test_read_cr8: mov %cr8, %rax\n  jmp apic_test_done\n"
        "apic_test_write_cr8: mov 8(%rbx), %rax\n  mov %rax, %cr8\n  jmp apic_test_next\n"
        "apic_test_cpuid: mov %ecx, %eax\n  xor %ecx, %ecx\n  mov %rbx, %rsi\n  cpuid\n"
        "  shl $32, %rdx\n  mov %ebx, %eax\n  or %rdx, %rax\n  mov %rsi, %rbx\n  jmp apic_test_done\n"
        "apic_test_open: sti\n  nop\n  nop\n  cli\n  jmp apic_test_next\n"
        "apic_test_signal: mov %eax, apic_test_sync(%rip)\n  jmp apic_test_next\n"
        "apic_test_await:\n  pause\n  cmp %eax, apic_test_sync(%rip)\n  jne apic_test_await\n"
        "  jmp apic_test_next\n"
        "apic_test_sleep: sti\n  hlt\n  cli\n  jmp apic_test_next\n"
        ".balign 4\n"
        "apic_test_table:\n"
        "  .long apic_test_end_of_list - apic_test_table\n"
        "  .long apic_test_rdmsr - apic_test_table\n"
        "  .long apic_test_wrmsr - apic_test_table\n"
        "  .long apic_test_load - apic_test_table\n"
        "  .long apic_test_store - apic_test_table\n"
        "  .long apic_test_load_word - apic_test_table\n"
        "  .long apic_test_store_quad - apic_test_table\n"
        "  .long apic_test_read_cr8 - apic_test_table\n"
        "  .long apic_test_write_cr8 - apic_test_table\n"
        "  .long apic_test_cpuid - apic_test_table\n"
        "  .long apic_test_open - apic_test_table\n"
        "  .long apic_test_signal - apic_test_table\n"
        "  .long apic_test_await - apic_test_table\n"
        "  .long apic_test_sleep - apic_test_table\n"
        "apic_test_gp:\n" /* error code, RIP */
        "  movl $1, 24(%rbx)\n"
        "  lea apic_test_next(%rip), %rax\n  mov %rax, 8(%rsp)\n"
        "  add $8, %rsp\n  iretq\n"
        ".balign 16\n"
        "apic_test_stubs:\n" /* 16 bytes a vector */
        "  .set vector, 0\n"
        "  .rept 256\n  .byte 0x68\n  .long vector\n  jmp apic_test_log\n  .balign 16\n"
        "  .set vector, vector + 1\n  .endr\n"
        "apic_test_log:\n"
        "  push %rax\n  push %rcx\n  push %rdx\n"
        "  mov 24(%rsp), %eax\n"
        "  mov (%r15), %ecx\n  mov %al, 4(%r15,%rcx)\n  incl (%r15)\n"
        "  cmp $0xff, %al\n  je 3f\n" /* spurious: no EOI */
        "  cmp $2, %al\n  je 3f\n"    /* NMI */
        "  mov $0x1b, %ecx\n  rdmsr\n  test $0x400, %eax\n  jz 2f\n"
        "  mov $0x80b, %ecx\n  xor %eax, %eax\n  xor %edx, %edx\n  wrmsr\n  jmp 3f\n"
        "2: mov $0xfee000b0, %ecx\n  movl $0, (%rcx)\n"
        "3: pop %rdx\n  pop %rcx\n  pop %rax\n  add $8, %rsp\n  iretq\n"
        "apic_test_sync: .quad 0\n"
        "apic_test_end:\n"
        ".popsection\n");

extern const uint8_t apic_test_begin[], apic_test_entry[], apic_test_gp[], apic_test_stubs[],
    apic_test_sync[], apic_test_end[];

enum operation {
    END,
    RDMSR,
    WRMSR,
    LOAD,       /* 4 bytes at the address */
    STORE,
    LOAD_WORD,  /* 2 bytes */
    STORE_QUAD, /* 8 bytes */
    READ_CR8,
    WRITE_CR8,
    CPUID, /* EBX, and EDX in the high half */
    OPEN,  /* interrupts on and off again: what is pending comes */
    SIGNAL, /* tells the other core a number, ... */
    AWAIT,  /* ... waits until it is told */
    SLEEP,  /* hlt with interrupts on */
};

enum { CODE = 0x10000, IDT = 0x18000, STACK = 0x1c000, LISTS = 0x20000, LIST = 0x2000, RAM = 0x40000 };
#define WINDOW 0xffffffff80000000ull
#define BASE 0xfee00000u

static struct machine *m;
static struct cpu *cpu;
static struct lapic *l;
static struct step step_record;
static unsigned operations[2];
static char said[16384];

static inline uint64_t at(const uint8_t *label)
{
    return WINDOW + CODE + (uint64_t)(label - apic_test_begin);
}

static inline void set_gate(unsigned vector, uint64_t target)
{
    uint64_t low = (target & 0xffff) | 8ull << 16 | 0x8e00ull << 32 | (target >> 16 & 0xffff) << 48;
    memory_write(&m->memory, IDT + 16 * vector, 8, low);
    memory_write(&m->memory, IDT + 16 * vector + 8, 8, target >> 32);
}

static inline void set_up(void)
{
    m = machine_new(2, 0, RAM, 1 << 16);
    cpu = cpu_new(m, WINDOW);
    l = lapic_new(m, cpu);
    memcpy(m->memory.ram + CODE, apic_test_begin, (size_t)(apic_test_end - apic_test_begin));
    for (unsigned vector = 0; vector < 256; vector++)
        set_gate(vector, at(apic_test_stubs) + 16 * vector);
    set_gate(13, at(apic_test_gp));
    operations[0] = operations[1] = 0;
    said[0] = 0;
}

/* One more operation of a core's list; its number. */
static inline unsigned op(unsigned core, enum operation what, uint32_t index, uint64_t value)
{
    uint64_t to = LISTS + LIST * core + 32 * operations[core];
    memory_write(&m->memory, to, 4, what);
    memory_write(&m->memory, to + 4, 4, index);
    memory_write(&m->memory, to + 8, 8, value);
    return operations[core]++;
}

static inline uint64_t result(unsigned core, unsigned number)
{
    return memory_read(&m->memory, LISTS + LIST * core + 32 * number + 16, 8);
}

static inline bool faulted(unsigned core, unsigned number)
{
    return memory_read(&m->memory, LISTS + LIST * core + 32 * number + 24, 4);
}

/* Has the core taken exactly these interrupts, in this order? */
static inline bool took(unsigned core, unsigned count, const uint8_t *vectors)
{
    const uint8_t *log = m->memory.ram + LISTS + LIST * core + 0x1000;
    return memory_read(&m->memory, LISTS + LIST * core + 0x1000, 4) == count &&
           !memcmp(log + 4, vectors, count);
}
#define TOOK(core, ...)                                                                            \
    took(core, sizeof((uint8_t[]){__VA_ARGS__}), (uint8_t[]){__VA_ARGS__})

static inline void start(void)
{
    for (unsigned i = 0; i < 2; i++) {
        cpu->core[i].state->idt_base = WINDOW + IDT;
        cpu->core[i].state->idt_limit = 0xfff;
        core_set_reg(&cpu->core[i], UC_X86_REG_RSP, WINDOW + STACK + 0x1000 * i);
        cr_assert(cpu_setup_core(cpu, i, at(apic_test_entry), WINDOW + LISTS + LIST * i));
    }
    visible_reset(&m->visibility, NULL, 0);
    visible_add(&m->visibility, at(apic_test_sync) - WINDOW, 4);
    m->record = &step_record;
    cpu_setup_done(cpu);
    m->core_ops->begin(m->cpu);
}

/* Both cores to the ends of their lists: stores drain and messages arrive at once. */
static inline void run(void)
{
    for (unsigned i = 0; i < 100000; i++) {
        uint64_t enabled = machine_enabled(m);
        uint64_t others = enabled & ~3ull;
        if (!enabled)
            return;
        agent_step(m, (agent_id)__builtin_ctzll(others ? others : enabled));
        strncat(said, step_record.text, sizeof said - strlen(said) - 2);
        strcat(said, "\n");
    }
    cr_assert_fail("no end:\n%s", said);
}

/* Starts and runs; nothing must have been found. */
static inline void execute(void)
{
    start();
    run();
    cr_assert_eq(m->state->finding_count, 0, "%s", m->state->finding[0].message);
}

static inline void must_find(enum finding_kind kind, const char *text)
{
    start();
    run();
    cr_assert_eq(m->state->finding_count, 1);
    cr_expect_eq(m->state->finding[0].kind, kind);
    cr_expect(strstr(m->state->finding[0].message, text), "%s", m->state->finding[0].message);
}

/* ---- Shorter ---- */

static inline unsigned rdmsr(unsigned core, uint32_t msr)
{
    return op(core, RDMSR, msr, 0);
}

static inline unsigned wrmsr(unsigned core, uint32_t msr, uint64_t value)
{
    return op(core, WRMSR, msr, value);
}

static inline unsigned load(unsigned core, uint32_t offset)
{
    return op(core, LOAD, BASE + offset, 0);
}

static inline unsigned store(unsigned core, uint32_t offset, uint32_t value)
{
    return op(core, STORE, BASE + offset, value);
}

static inline uint64_t base_value(unsigned core, uint64_t bits)
{
    return BASE | bits | (core ? 0 : APIC_BASE_BSP);
}

/* Into x2APIC mode and enabled by software, or enabled in xAPIC mode. */
static inline void to_x2apic(unsigned core)
{
    wrmsr(core, MSR_APIC_BASE, base_value(core, APIC_BASE_EN | APIC_BASE_EXTD));
    wrmsr(core, APIC_SVR, 0x1ff);
}

static inline void to_xapic(unsigned core)
{
    store(core, 0xf0, 0x1ff);
}

#endif
