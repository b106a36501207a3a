/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exceptions without a handler: found wherever they happen, and only where they happen. */
#include <criterion/criterion.h>

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

enum { IDT_AT = 0x2000, GATE_SIZE = 16 }; /* lapic/program.c */

/* Vector 0 has the handler of INTERRUPT_LOW, which returns to DIV: it faults again, and again it is vector 0
 * (SDM vol. 3, 6.15: no double fault, as the first has been delivered). Unicorn cannot say so, so it is no
 * finding about the code that the vector that it says, 8, has no gate. */
Test(faults, a_second_one_is_no_double_fault)
{
    struct code code[2] = {{.size = 0}, {.size = 0}}, handler = {.size = 0};
    struct explore_options o = {.algorithm = ALGORITHM_DFS};
    struct explore_result r;
    code_handler(&handler, NULL);
    program = program_open(2, 0, MEMORY_SC);
    interrupts_enable(program, &handler, &handler);
    uint8_t *idt = program->m->memory.ram + IDT_AT;
    memcpy(idt, idt + GATE_SIZE * INTERRUPT_LOW, GATE_SIZE);
    code_bytes(&code[0], "\xf7\xf1", 2); /* div ecx, which is 0 */
    code_end(&code[0]);
    code_load(&code[1], 0, INTERRUPT_COUNTER);
    code_end(&code[1]);
    program_start(program, code);
    explore(program->m, &o, &r);
    cr_expect_eq(program_variable(program, INTERRUPT_COUNTER), 1);
    cr_expect_eq(r.verdict, VERDICT_INCOMPLETE);
    cr_assert_eq(r.finding_count, 1);
    cr_expect_eq(r.finding[0].finding.kind, FINDING_LIMIT);
    explore_result_free(&r);
}
