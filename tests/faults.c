/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exceptions without a handler: found wherever they happen, and only where they happen. */
#include <criterion/criterion.h>
#include <signal.h>

#include "cpu/x86.h"
#include "lapic/program.h"

static struct program *program;
static unsigned faulty, sound;

/* A sound execution comes to the last instruction, which sets EAX to 7. */
static void note(void *context, struct machine *m)
{
    (void)context;
    if (m->state->finding_count)
        faulty++;
    else if (program_register(program, 0, 0) == 7)
        sound++;
}

static void explore_all(const struct code *code, struct explore_result *r)
{
    struct explore_options o = {.algorithm = ALGORITHM_DFS, .on_complete = note};
    program = program_new(2, code, MEMORY_SC);
    faulty = sound = 0;
    explore(program->m, &o, r);
}

/* P0 divides by x, which P1 sets to 1: it faults only if it reads x before. Under SC there are two
 * orders of the load and the store, and the ends of the threads come in any order. */
Test(faults, one_execution_does_not_spoil_the_next)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    struct explore_result r;
    code_load(&code[0], 1, 0);
    code_bytes(&code[0], "\xf7\xf1", 2); /* div ecx */
    code_mov(&code[0], 0, 7);
    code_end(&code[0]);
    code_store(&code[1], 0, 1);
    code_end(&code[1]);
    explore_all(code, &r);
    cr_assert_eq(r.verdict, VERDICT_VIOLATION);
    cr_assert_gt(faulty, 0);
    cr_assert_gt(sound, 0);
    cr_assert_eq(r.complete, faulty + sound);
    explore_result_free(&r);
}

/* P0 calls what x points to, P1 sets x: a call of 0 is a fault like others, and the next execution goes on. */
Test(faults, a_null_pointer_that_is_called)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    struct explore_result r;
    code_load(&code[0], 1, 0);
    /* xor eax, eax; test ecx, ecx; jne 1f; call rax; 1: */
    code_bytes(&code[0], "\x31\xc0\x85\xc9\x75\x02\xff\xd0", 8);
    code_mov(&code[0], 0, 7);
    code_end(&code[0]);
    code_store(&code[1], 0, 1);
    code_end(&code[1]);
    explore_all(code, &r);
    cr_assert_eq(r.verdict, VERDICT_VIOLATION);
    cr_assert_gt(faulty, 0);
    cr_assert_gt(sound, 0);
    cr_assert_eq(r.complete, faulty + sound);
    cr_assert_eq(r.finding[0].finding.kind, FINDING_FAULT);
    explore_result_free(&r);
}

/* The same where nothing visible comes before the fault. */
Test(faults, before_the_first_visible_action)
{
    static const struct {
        const char *bytes;
        unsigned size;
    } table[] = {
        {"\xf7\xf1", 2},                             /* div ecx, which is 0 */
        {"\x8b\x04\x25\x00\x00\x00\x00", 7},         /* mov eax, [0] */
        {"\x89\x04\x25\xff\xff\xff\xff", 7},         /* mov [-1], eax */
        {"\xf0\xff\x04\x25\x00\x00\x00\x00", 8},     /* lock inc dword [0] */
        /* ... across the end of memory, 16 MiB: */
        {"\xf0\xff\x04\x25\xfe\xff\xff\x80", 8},     /* lock inc dword */
        {"\x0f\x01\x1c\x25\xfc\xff\xff\x80", 8},     /* lidt */
        {"\x0f\x00\x1c\x25\xff\xff\xff\x80", 8},     /* ltr */
    };
    for (unsigned i = 0; i < sizeof table / sizeof *table; i++) {
        struct code code[2] = {{.size = 0}, {.size = 0}};
        struct explore_result r;
        code_bytes(&code[0], table[i].bytes, table[i].size);
        code_end(&code[0]);
        code_store(&code[1], 0, 1);
        code_end(&code[1]);
        explore_all(code, &r);
        cr_assert_neq(r.verdict, VERDICT_SAFE, "instruction %u", i);
        cr_assert_eq(r.finding_count, 1, "instruction %u: %u findings", i, r.finding_count);
        explore_result_free(&r);
    }
}

/* A call of an address that is not canonical, here with a mark in bit 63 of the pointer. */
Test(faults, a_jump_to_an_address_that_is_not_canonical)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    struct explore_result r;
    code_mov_long(&code[0], 0, 1ull << 63);
    code_bytes(&code[0], "\xff\xe0", 2); /* jmp rax */
    code_store(&code[1], 0, 1);
    code_end(&code[1]);
    explore_all(code, &r);
    cr_assert_eq(r.finding_count, 1);
    cr_expect_eq(r.finding[0].finding.kind, FINDING_FAULT);
    explore_result_free(&r);
}

/* ---- One exception after another ---- */

enum { IDT_AT = 0x2000, GATE_SIZE = 16, MARK = 0x1234567 }; /* lapic/program.c */

/* Adds 1 to the counter and goes on behind the instruction, which has two bytes. */
static void skipping_handler(struct code *c, unsigned counter, bool has_error)
{
    code_add(c, counter, 1);
    if (has_error)
        code_bytes(c, "\x48\x83\xc4\x08", 4);    /* add rsp, 8 */
    code_bytes(c, "\x48\x83\x04\x24\x02", 5); /* add qword [rsp], 2 */
    code_bytes(c, "\x48\xcf", 2);             /* iretq */
}

static void set_gates(void)
{
    struct code low = {.size = 0}, high = {.size = 0};
    skipping_handler(&low, INTERRUPT_COUNTER, false);
    skipping_handler(&high, NMI_COUNTER, true);
    interrupts_enable(program, &low, &high);
    uint8_t *idt = program->m->memory.ram + IDT_AT;
    memcpy(idt + GATE_SIZE * VECTOR_DE, idt + GATE_SIZE * INTERRUPT_LOW, GATE_SIZE);
    memcpy(idt + GATE_SIZE * VECTOR_GP, idt + GATE_SIZE * INTERRUPT_HIGH, GATE_SIZE);
}

static void note_counts(void *context, struct machine *m)
{
    (void)context;
    if (m->state->finding_count || program_variable(program, INTERRUPT_COUNTER) != 4 ||
        program_variable(program, NMI_COUNTER) != 3)
        faulty++;
    else if (program_register(program, 0, 0) == MARK)
        sound++;
}

/* SDM vol. 3, 6.15: what has been delivered is over, and the next one is no double fault. XMM0 is state that
 * only Unicorn holds. */
Test(faults, any_number_of_them_in_a_row)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    struct explore_options o = {.algorithm = ALGORITHM_DFS, .on_complete = note_counts};
    struct explore_result r;
    program = program_open(2, 0, MEMORY_SC);
    faulty = sound = 0;
    set_gates();
    code_mov(&code[0], 0, MARK);
    code_bytes(&code[0], "\x66\x0f\x6e\xc0", 4); /* movd xmm0, eax */
    code_mov(&code[0], 0, 0);
    code_mov(&code[0], 3, 0);
    code_mov(&code[0], 1, 0xfff0);
    code_bytes(&code[0], "\xf7\xf3\xf7\xf3", 4); /* div ebx, twice */
    code_bytes(&code[0], "\x8e\xd9\x8e\xd9", 4); /* mov ds, ecx, twice: beyond the GDT */
    code_load(&code[0], 5, 0);                   /* in two orders with P1 */
    code_bytes(&code[0], "\xf7\xf3", 2);
    code_bytes(&code[0], "\x0f\x32", 2);         /* rdmsr: #GP of the model */
    code_bytes(&code[0], "\xf7\xf3", 2);
    code_bytes(&code[0], "\x66\x0f\x7e\xc0", 4); /* movd eax, xmm0 */
    code_end(&code[0]);
    code_store(&code[1], 0, 1);
    code_end(&code[1]);
    program_start(program, code);
    explore(program->m, &o, &r);
    cr_expect_eq(r.verdict, VERDICT_SAFE);
    cr_expect_gt(sound, 1);
    cr_expect_eq(faulty, 0);
    cr_expect_eq(sound, r.complete);
    explore_result_free(&r);
}

/* ---- The engine itself ---- */

static void stop_engine(uc_engine *uc, uint64_t address, uint32_t size, void *user)
{
    (void)address, (void)size, (void)user;
    uc_emu_stop(uc);
}

/* A run loop that ends is a mistake of the simulator, and no verdict comes of it. */
Test(faults, a_run_loop_that_ends_is_an_internal_error, .signal = SIGABRT)
{
    struct code code[1] = {{.size = 0}};
    struct explore_options o = {.algorithm = ALGORITHM_DFS};
    struct explore_result r;
    uc_hook hook;
    program = program_open(1, 0, MEMORY_SC);
    uc_hook_add(program->cpu->core[0].uc, &hook, UC_HOOK_CODE, (void *)stop_engine, NULL, 1, 0);
    code_mov(&code[0], 0, 7);
    code_end(&code[0]);
    program_start(program, code);
    explore(program->m, &o, &r);
}
