/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where an interrupt is taken: between instructions and never within one, not in a shadow; and the
 * boundaries that no exploration may leave out.
 */
#include "tests/pair_fixture.h"

enum { R8 = 8, R9 = 9 };

/* An unlocked read-modify-write is one instruction to its own core's interrupts. */
Test(interrupts, a_handler_never_splits_an_instruction)
{
    struct pair pair;
    pair_init(&pair);
    code_sti(&pair.code[0]);
    code_add(&pair.code[0], 0, 1);
    code_idle(&pair.code[0]);
    pair_send(&pair, INTERRUPT_LOW);
    code_add(&pair.low, 0, 10);
    pair_explore(&pair);
    cr_assert_eq(states.count, 1, "both additions always count");
    cr_assert_eq(states.state[0].word[0], 11);
}

/* ... and two accesses to other cores. */
Test(interrupts, another_core_does_split_it)
{
    struct pair pair;
    pair_init(&pair);
    for (unsigned t = 0; t < 2; t++) {
        code_add(&pair.code[t], 0, t ? 10 : 1);
        code_end(&pair.code[t]);
    }
    pair_explore(&pair);
    cr_assert_eq(with_variable(0, 11), 1);
    cr_assert_eq(with_variable(0, 1), 1);
    cr_assert_eq(with_variable(0, 10), 1);
}

/* Core 0 ends with a load of variable 0 and cli; the handler stores 7 there. */
static void load_and_explore(struct pair *pair)
{
    code_load(&pair->code[0], 8, 0);
    code_cli(&pair->code[0]);
    code_end(&pair->code[0]);
    pair_send(pair, INTERRUPT_LOW);
    code_store(&pair->low, 0, 7);
    pair_explore(pair);
}

/* STI blocks for one instruction: the handler cannot run between sti and the load. */
Test(interrupts, sti_shadow_covers_the_next_instruction)
{
    struct pair pair;
    pair_init(&pair);
    code_store(&pair.code[0], 0, 1);
    code_sti(&pair.code[0]);
    load_and_explore(&pair);
    for (unsigned i = 0; i < states.count; i++)
        cr_assert_eq(states.state[i].word[state_word(0, R8)], 1);
    cr_assert_eq(with_variable(INTERRUPT_COUNTER, 1), 1, "it may come between load and cli");
    cr_assert_eq(with_variable(INTERRUPT_COUNTER, 0), 1, "or stay pending");
}

/* Before that `code`, then `between`. */
static void load_behind(const struct code *code, const char *between, unsigned size)
{
    struct pair pair;
    pair_init(&pair);
    code_bytes(&pair.code[0], "\x8c\xd0", 2); /* mov eax, ss */
    code_sti(&pair.code[0]);
    code_bytes(&pair.code[0], "\x90", 1);
    code_bytes(&pair.code[0], code->byte, code->size);
    code_bytes(&pair.code[0], between, size);
    load_and_explore(&pair);
}

/* POPF writes IF (SDM vol. 2, POPF): it opens interrupts, and closes them. */
Test(interrupts, popf_writes_the_interrupt_flag)
{
    for (unsigned on = 0; on < 2; on++) {
        struct pair pair;
        pair_init(&pair);
        code_bytes(&pair.code[0], on ? "\x68\x02\x02\x00\x00" : "\x68\x02\x00\x00\x00", 5);
        code_sti(&pair.code[0]);
        code_bytes(&pair.code[0], on ? "\xfa\x9d\xf4" : "\x9d\xf4", on ? 3 : 2); /* cli; popf; hlt */
        code_cli(&pair.code[0]);
        code_end(&pair.code[0]);
        code_store(&pair.code[1], 0, 1);
        code_send(&pair.code[1], INTERRUPT_LOW, 0);
        code_end(&pair.code[1]);
        pair_explore(&pair);
        cr_expect_eq(with_variable(INTERRUPT_COUNTER, 1) > 0, on, "popf, IF = %u", on);
        cr_expect_eq(with_variable(INTERRUPT_COUNTER, 0) > 0, !on, "popf, IF = %u", on);
    }
}

/* MOV SS blocks like STI (SDM vol. 3, 6.8.3) ... */
Test(interrupts, mov_ss_shadow_covers_the_next_instruction)
{
    struct code store = {.size = 0};
    code_cli(&store);
    code_store(&store, 0, 1);
    code_sti(&store); /* its own shadow ends with the MOV SS */
    load_behind(&store, "\x90", 1);
    cr_assert_gt(with(0, R8, 7), 0, "a NOP instead: right before the load");
    load_behind(&store, "\x8e\xd0", 2); /* mov ss, eax */
    cr_assert_eq(with(0, R8, 7), 0);
    cr_assert_gt(with_variable(INTERRUPT_COUNTER, 1), 0, "it comes behind the load");
}

/* ... but only behind itself. */
Test(interrupts, mov_ss_does_not_cover_the_instruction_before)
{
    struct code store = {.size = 0};
    code_store(&store, 0, 1);
    load_behind(&store, "\x8e\xd0", 2);
    cr_assert_gt(with(0, R8, 1), 0);
    cr_assert_gt(with(0, R8, 7), 0, "between the store and the MOV SS");
}

/* A second IDT and its pseudo-descriptor: the vector of the first handler goes to the other one. */
static void place_second_idt(struct program *p)
{
    uint8_t *ram = p->m->memory.ram;
    uint64_t base = p->cpu->core[0].state->idt_base, second = PROGRAM_BASE + 0x6000;
    const uint8_t *first = ram + (base - PROGRAM_BASE);
    uint16_t limit = 0xfff;
    memcpy(ram + 0x6000, first, 0x1000);
    memcpy(ram + 0x6000 + 16 * INTERRUPT_LOW, first + 16 * INTERRUPT_HIGH, 16);
    memcpy(ram + 0x7000, &limit, 2);
    memcpy(ram + 0x7002, &second, 8);
}

/* An interrupt right before LIDT goes through the old table, one behind it through the new one. */
Test(interrupts, lidt_lies_between_two_boundaries)
{
    struct pair pair;
    struct code old = {.size = 0}, new = {.size = 0}, body = {.size = 0};
    pair_init(&pair);
    code_handler(&old, NULL);
    code_store(&body, 0, 7);
    code_handler(&new, &body);
    code_sti(&pair.code[0]);
    code_bytes(&pair.code[0], "\x90", 1);
    code_bytes(&pair.code[0], "\x0f\x01\x1c\x25\x00\x70\x00\x80", 8); /* lidt */
    code_cli(&pair.code[0]);
    code_end(&pair.code[0]);
    pair_send(&pair, INTERRUPT_LOW);
    struct program *p = program_open(2, 0, MEMORY_TSO);
    interrupts_enable(p, &old, &new);
    place_second_idt(p);
    program_start(p, pair.code);
    states_of(p);
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 0), 1, "it may stay pending");
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 1), 2);
    cr_expect_eq(with_variable(0, 7), 1, "once through the new table");
}

/* ---- Boundaries that may not be left out ---- */

/* Where it stops the thread can be seen in memory: nothing, one store, or both. */
Test(interrupts, a_handler_that_does_not_return)
{
    struct pair pair;
    pair_init(&pair);
    pair.model = MEMORY_SC;
    pair.whole = true;
    code_bytes(&pair.low, "\xfa\xf4\xeb\xfd", 4); /* cli; hlt; jmp */
    code_sti(&pair.code[0]);
    code_bytes(&pair.code[0], "\x90", 1);
    code_store(&pair.code[0], 0, 1);
    code_store(&pair.code[0], 1, 1);
    code_idle(&pair.code[0]);
    code_send(&pair.code[1], INTERRUPT_LOW, 0);
    code_load(&pair.code[1], 8, 0);
    code_load(&pair.code[1], 9, 1);
    code_end(&pair.code[1]);
    pair_explore(&pair);
    cr_assert_gt(with_variable(0, 0), 0, "before the first store");
    cr_assert_gt(with_variable(1, 0), with_variable(0, 0), "between them");
    cr_assert_gt(with_variable(1, 1), 0, "behind both");
}

Test(interrupts, a_handler_that_changes_a_register)
{
    struct pair pair;
    pair_init(&pair);
    pair.model = MEMORY_SC;
    code_mov(&pair.low, 8, 9);
    code_sti(&pair.code[0]);
    code_load(&pair.code[0], 8, 0);
    code_load(&pair.code[0], 9, 0);
    code_cli(&pair.code[0]);
    code_end(&pair.code[0]);
    code_store(&pair.code[1], 0, 1);
    pair_send(&pair, INTERRUPT_LOW);
    pair_explore(&pair);
}

Test(interrupts, mov_ss_blocks_the_boundary_that_would_have_stayed)
{
    struct pair pair;
    pair_init(&pair);
    pair.model = MEMORY_SC;
    code_bytes(&pair.code[0], "\x8c\xd0", 2); /* mov eax, ss */
    code_sti(&pair.code[0]);
    code_bytes(&pair.code[0], "\x90", 1);
    code_store(&pair.code[0], 0, 1);
    code_bytes(&pair.code[0], "\x8e\xd0", 2); /* mov ss, eax */
    code_cli(&pair.code[0]);
    code_end(&pair.code[0]);
    code_load(&pair.code[1], 8, 0);
    pair_send(&pair, INTERRUPT_LOW);
    pair_explore(&pair);
    cr_assert_gt(with_variable(INTERRUPT_COUNTER, 1), 0, "the interrupt can be taken at all");
}
