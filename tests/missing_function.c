/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function that an image lacks: its stub (kvm/linux/stubs.awk) ends the run with the function's name and with where it was
 * called from, as a limit of this tool, so that no verdict comes of it.
 */
#include <criterion/criterion.h>

#include "kvm/runtime/marker.h"
#include "tests/support/states.h"

enum { NAME_AT = 64, OUTER = 16, STUB = 48 };

static struct state_set states;

static void pad(struct code *c, unsigned size)
{
    while (c->size < size)
        code_bytes(c, "\x90", 1);
}

/* call rel32, to an offset in the same code */
static void call(struct code *c, unsigned target)
{
    int32_t distance = (int32_t)target - (int32_t)(c->size + 5);
    code_bytes(c, "\xe8", 1);
    code_bytes(c, &distance, sizeof distance);
}

/* As the assembler makes them of stubs.awk's lines: 0F 1F 84, base RCX (1), index RCX (1 << 3), disp32. */
static void stub(struct code *c)
{
    uint32_t name = (uint32_t)PROGRAM_BASE + PROGRAM_DATA + NAME_AT;
    code_bytes(c, "\x0f\x0b\x0f\x1f\x84\x09", 6);
    code_bytes(c, &name, sizeof name);
}

/* The thread calls at 0, so that it goes on at 5. What it calls pushes a word, no return address, and calls the stub at 17,
 * from where it would go on at 22. */
static struct explore_result explore_call(struct program *p)
{
    static const char name[] = "synchronize_rcu";
    struct code code[1] = {{.size = 0}};
    call(code, OUTER);
    code_end(code);
    pad(code, OUTER);
    code_bytes(code, "\x50", 1); /* push rax */
    call(code, STUB);
    code_bytes(code, "\x58\xc3", 2); /* pop rax; ret */
    pad(code, STUB);
    stub(code);
    program_start(p, code);
    program_initial(p, NAME_AT, name, sizeof name);
    return states_explore(&states, p, (struct explore_options){.algorithm = ALGORITHM_OPTIMAL});
}

/* To the 4 bytes at MISSING_START + 1 MiB: it is loaded, stored or jumped to. */
static struct finding touch_name(const char *bytes, unsigned size, bool lacks_names)
{
    struct code code[1] = {{.size = 0}};
    struct program *p = program_open(1, 0, MEMORY_TSO);
    struct explore_options o = {.algorithm = ALGORITHM_OPTIMAL};
    if (lacks_names)
        cpu_set_lacks_names(p->cpu);
    code_bytes(code, bytes, size);
    code_end(code);
    program_start(p, code);
    struct explore_result r = states_explore(&states, p, o);
    cr_assert_eq(r.finding_count, 1);
    struct finding f = r.finding[0].finding;
    program_free(p);
    return f;
}

/* A variable that an image lacks has an address and no memory: a limit there, a fault in an image that lacks none. */
Test(missing_function, so_does_a_variable_that_is_not_there)
{
    static const struct {
        const char *what, *bytes;
        unsigned size;
    } table[] = {
        {"read of 8 bytes at 0xffffffffc0100000", "\x48\x8b\x04\x25\x00\x00\x10\xc0", 8},
        {"write of 8 bytes at 0xffffffffc0100000", "\x48\x89\x04\x25\x00\x00\x10\xc0", 8},
        {"fetch of 1 bytes at 0xffffffffc0100000", "\x48\xc7\xc0\x00\x00\x10\xc0\xff\xd0", 9}, /* mov rax, ...; call rax */
    };
    for (unsigned i = 0; i < sizeof table / sizeof *table; i++) {
        struct finding f = touch_name(table[i].bytes, table[i].size, true);
        cr_expect_eq(f.kind, FINDING_LIMIT, "%s: %s", table[i].what, f.message);
        cr_expect(strstr(f.message, table[i].what), "%s", f.message);
        cr_expect(strstr(f.message, "stands for a name that is not implemented here"), "%s", f.message);
        cr_expect_eq(touch_name(table[i].bytes, table[i].size, false).kind, FINDING_FAULT, "%s", table[i].what);
    }
}

Test(missing_function, ends_the_run_with_its_name_and_its_callers)
{
    char message[200];
    struct program *p = program_open(1, 0, MEMORY_TSO);
    struct explore_result r = explore_call(p);
    unsigned long long at = p->base + p->code_at[0];
    snprintf(message, sizeof message, "CPU0: synchronize_rcu() is not implemented here; called from %#llx, %#llx", at + OUTER + 1 + 5,
             at + 5);
    cr_assert_eq(r.finding_count, 1);
    cr_expect_eq(r.finding[0].finding.kind, FINDING_LIMIT);
    cr_expect_str_eq(r.finding[0].finding.message, message);
    cr_expect_eq(r.verdict, VERDICT_INCOMPLETE);
    program_free(p);
}
