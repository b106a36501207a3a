/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waiting in a pause loop: when it is a livelock, and when not. */
#include <criterion/criterion.h>

#include "tests/support/pair.h"
#include "tests/support/snippets.h"

static unsigned findings_of(struct code code[2], const struct code *body)
{
    struct explore_options o = {.algorithm = ALGORITHM_SOURCE, .max_executions = 2000};
    struct explore_result r;
    struct code handler = {.size = 0};
    struct program *p = program_open(2, 0, MEMORY_SC);
    code_handler(&handler, body);
    interrupts_enable(p, &handler, &handler);
    program_start(p, code);
    explore(p->m, &o, &r);
    unsigned count = r.finding_count;
    explore_result_free(&r);
    return count;
}

Test(spin, a_wait_that_somebody_ends_is_no_livelock)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    code_wait_until_set(&code[0], 0);
    code_end(&code[0]);
    code_store(&code[1], 0, 1);
    code_end(&code[1]);
    cr_assert_eq(findings_of(code, NULL), 0);
}

Test(spin, a_wait_that_nobody_ends_is_a_livelock)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    code_wait_until_set(&code[0], 0);
    code_end(&code[0]);
    code_store(&code[1], 0, 0);
    code_end(&code[1]);
    cr_assert_eq(findings_of(code, NULL), 1);
}

/* sti; nop; cli within the round: a handler ends the wait, which itself has interrupts off. */
Test(spin, a_round_that_opens_interrupts_is_no_livelock)
{
    struct code code[2] = {{.size = 0}, {.size = 0}}, body = {.size = 0};
    code_store(&body, 0, 1);
    code_bytes(&code[0], "\xfb\x90\xfa\xf3\x90", 5);
    code_load(&code[0], 0, 0);
    code_bytes(&code[0], "\x85\xc0", 2);
    code_jump_back(&code[0], 0x74, 0);
    code_end(&code[0]);
    code_send(&code[1], INTERRUPT_LOW, 0);
    code_end(&code[1]);
    cr_assert_eq(findings_of(code, &body), 0);
}

Test(spin, a_round_that_polls_the_apic_is_no_livelock)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    code_bytes(&code[0], "\xf3\x90", 2);
    code_mov(&code[0], 1, 0x820 + INTERRUPT_LOW / 32);
    code_bytes(&code[0], "\x0f\x32\x85\xc0", 4); /* rdmsr; test eax, eax */
    code_jump_back(&code[0], 0x74, 0);
    code_end(&code[0]);
    code_send(&code[1], INTERRUPT_LOW, 0);
    code_end(&code[1]);
    cr_assert_eq(findings_of(code, NULL), 0);
}

/* Each round counts up private memory with a locked access, and leaves all registers alone: 16 rounds.
 * Flags are the same behind some rounds that follow each other. */
Test(spin, a_round_that_counts_with_a_locked_access_is_no_livelock)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    uint32_t address = (uint32_t)(PROGRAM_BASE + PROGRAM_DATA);
    code_bytes(&code[0], "\xf3\x90", 2);
    code_lock_add(&code[0], 0, 1);
    code_bytes(&code[0], "\x83\x3c\x25", 3); /* cmp dword [variable 0], 16 */
    code_bytes(&code[0], &address, 4);
    code_bytes(&code[0], "\x10", 1);
    code_jump_back(&code[0], 0x75, 0);
    code_end(&code[0]);
    code_end(&code[1]);
    cr_assert_eq(findings_of(code, NULL), 0);
}
