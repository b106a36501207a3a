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
