/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which instructions wait for the store buffer. Core 0 stores x, executes the instruction and loads y;
 * core 1 stores y, executes MFENCE and loads x. That both read 0 takes a store that is still in core
 * 0's buffer when it loads. SDM vol. 3, 8.3 lists the serializing instructions; 8.2.2 and 8.2.3.4:
 * other loads may pass older stores; 10.12.3: WRMSR to an x2APIC register is not serializing.
 */
#include <criterion/criterion.h>

#include "tests/support/interrupts.h"
#include "vmx/vmx.h"

enum { X, Y, LIMIT = 60000 };
enum { GDT_VARIABLE = 16, GDT_SELECTOR = 8 }; /* no variable of the states */

#define BYTES(text) text, sizeof text - 1
/* ModRM and SIB: a displacement of 32 bits without base; /reg as given. Points behind the variables. */
#define AT(reg) reg "\x25\x80\x80\x00\x80"

struct row {
    const char *name;
    const char *bytes;
    size_t size;
    bool waits;
    const char *before; /* ahead of the store */
    size_t before_size;
};

static const struct row table[] = {
    {"nothing", BYTES("\x90"), false, BYTES("")},
    {"sfence", BYTES("\x0f\xae\xf8"), false, BYTES("")},
    {"lfence", BYTES("\x0f\xae\xe8"), false, BYTES("")},
    {"mfence", BYTES("\x0f\xae\xf0"), true, BYTES("")},
    {"mov rax, cr0", BYTES("\x0f\x20\xc0"), false, BYTES("")},
    {"mov cr0, rax", BYTES("\x0f\x22\xc0"), true, BYTES("\x0f\x20\xc0")},
    {"mov cr3, rax", BYTES("\x0f\x22\xd8"), true, BYTES("\x0f\x20\xd8")},
    {"cpuid", BYTES("\x0f\xa2"), true, BYTES("")},
    {"invlpg [m]", BYTES("\x0f\x01" AT("\x3c")), true, BYTES("")},
    {"wbinvd", BYTES("\x0f\x09"), true, BYTES("")},
    {"lgdt [m]", BYTES("\x0f\x01" AT("\x14")), true, BYTES("")},
    {"lidt [m]", BYTES("\x0f\x01" AT("\x1c")), true, BYTES("")},
    /* lgdt [m]; mov eax, 8 */
    {"ltr ax", BYTES("\x0f\x00\xd8"), true, BYTES("\x0f\x01" AT("\x14") "\xb8\x08\x00\x00\x00")},
    /* mov ecx, 0xc0000101 (GS_BASE); xor eax, eax; xor edx, edx */
    {"wrmsr GS_BASE", BYTES("\x0f\x30"), true, BYTES("\xb9\x01\x01\x00\xc0\x31\xc0\x31\xd2")},
    {"rdmsr GS_BASE", BYTES("\x0f\x32"), false, BYTES("\xb9\x01\x01\x00\xc0")},
    /* mov ecx, 0x1b (APIC_BASE); rdmsr */
    {"wrmsr APIC_BASE", BYTES("\x0f\x30"), true, BYTES("\xb9\x1b\x00\x00\x00\x0f\x32")},
    /* mov ecx, 0x808 (TPR); xor eax, eax; xor edx, edx */
    {"wrmsr TPR", BYTES("\x0f\x30"), false, BYTES("\xb9\x08\x08\x00\x00\x31\xc0\x31\xd2")},
    /* mov rbx, rsp; mov eax, ss; push rax; push rbx; pushfq; push 8; lea rax, [rip+3]; push rax */
    {"iretq", BYTES("\x48\x89\xe3\x8c\xd0\x50\x53\x9c\x6a\x08\x48\x8d\x05\x03\x00\x00\x00\x50\x48\xcf"),
     true, BYTES("")},
    /* mov eax, 1: the type of invalidation */
    {"invept rax, [m]", BYTES("\x66\x0f\x38\x80" AT("\x04")), true, BYTES("\xb8\x01\x00\x00\x00")},
    {"invvpid rax, [m]", BYTES("\x66\x0f\x38\x81" AT("\x04")), true, BYTES("\xb8\x01\x00\x00\x00")},
    /* The other VMX instructions are not in the list. vmptrst [m + 0x10] */
    {"vmptrst [m]", BYTES("\x0f\xc7\x3c\x25\x90\x80\x00\x80"), false, BYTES("")},
};

static struct state_set found;

/* For LGDT, LIDT and LTR: a limit, a base, and descriptor 1, an available TSS of base 0. */
static void write_tables(struct program *p)
{
    uint16_t limit = 0xfff;
    uint64_t base = p->base + PROGRAM_DATA + 8 * GDT_VARIABLE + 16;
    uint64_t tss[2] = {0x0000890000000067, 0};
    program_initial(p, 8 * GDT_VARIABLE, &limit, sizeof limit);
    program_initial(p, 8 * GDT_VARIABLE + 2, &base, sizeof base);
    program_initial(p, 8 * GDT_VARIABLE + 16 + GDT_SELECTOR, tss, sizeof tss);
}

static void explore_row(const struct row *row)
{
    struct code code[2] = {{.size = 0}, {.size = 0}}, handler = {.size = 0};
    code_handler(&handler, NULL);
    struct program *p = program_open(2, 0, MEMORY_TSO);
    struct lapic *l = interrupts_enable(p, &handler, &handler);
    struct vmx *x = vmx_new(p->m, p->cpu, l);
    x->cores[0].on = 1; /* what VMXON leaves behind */
    code_bytes(&code[0], row->before, (unsigned)row->before_size);
    code_store(&code[0], X, 1);
    code_bytes(&code[0], row->bytes, (unsigned)row->size);
    code_load(&code[0], 8, Y);
    code_end(&code[0]);
    code_store(&code[1], Y, 1);
    code_mfence(&code[1]);
    code_load(&code[1], 8, X);
    code_end(&code[1]);
    program_start(p, code);
    write_tables(p);
    cr_assert(interrupts_explore(p, ALGORITHM_OPTIMAL, false, LIMIT, &found), "%s", row->name);
    cr_assert_eq(found.findings, 0, "%s: findings %#x", row->name, found.findings);
}

static bool seen(uint32_t r0, uint32_t r1)
{
    return states_with_both(&found, state_word(0, 8), r0, state_word(1, 8), r1);
}

Test(serializing, waits_for_the_store_buffer)
{
    for (unsigned i = 0; i < sizeof table / sizeof *table; i++) {
        explore_row(&table[i]);
        cr_expect_eq(seen(0, 0), !table[i].waits, "%s", table[i].name);
        cr_expect(seen(0, 1), "%s", table[i].name);
        cr_expect(seen(1, 0), "%s", table[i].name);
        cr_expect(seen(1, 1), "%s", table[i].name);
    }
}
