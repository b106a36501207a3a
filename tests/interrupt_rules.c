/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Single rules of interrupts on small programs: shadows, what drains, the order of messages,
 * instructions that give way, and the boundaries that no exploration may leave out.
 */
#include <criterion/criterion.h>

#include "tests/support/interrupts.h"

enum { STATE_VARIABLES = INTERRUPT_VARIABLES };

static struct state_set reference, reduced;

static unsigned count_register(const struct state_set *set, unsigned word, uint32_t value)
{
    unsigned n = 0;
    for (unsigned i = 0; i < set->count; i++)
        n += set->state[i].word[word] == value;
    return n;
}

/* State words: variables, then R8 and R9 of each core. */
enum { COUNTER = INTERRUPT_COUNTER, CORE0_R8 = STATE_VARIABLES, CORE0_R9, CORE1_R8, CORE1_R9 };

static void explore_pair(struct code code[2], const struct code *body, struct state_set *set)
{
    struct code handler = {.size = 0};
    struct program *p = program_open(2, 0, MEMORY_TSO);
    code_handler(&handler, body);
    interrupts_enable(p, &handler, &handler);
    program_start(p, code);
    cr_assert(interrupts_explore(p, ALGORITHM_SOURCE, false, set, NULL));
}

/* An unlocked read-modify-write is one instruction to its own core's interrupts. */
Test(interrupts, a_handler_never_splits_an_instruction)
{
    struct code code[2] = {{.size = 0}, {.size = 0}}, body = {.size = 0};
    code_sti(&code[0]);
    code_add(&code[0], 0, 1);
    code_idle(&code[0]);
    code_send(&code[1], INTERRUPT_LOW, 0);
    code_end(&code[1]);
    code_add(&body, 0, 10);
    explore_pair(code, &body, &reduced);
    cr_assert_eq(reduced.count, 1, "both additions always count");
    cr_assert_eq(reduced.state[0].word[0], 11);
}

/* ... and two accesses to other cores. */
Test(interrupts, another_core_does_split_it)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    for (unsigned t = 0; t < 2; t++) {
        code_add(&code[t], 0, t ? 10 : 1);
        code_end(&code[t]);
    }
    explore_pair(code, NULL, &reduced);
    cr_assert_eq(count_register(&reduced, 0, 11), 1);
    cr_assert_eq(count_register(&reduced, 0, 1), 1);
    cr_assert_eq(count_register(&reduced, 0, 10), 1);
}

/* STI blocks for one instruction: the handler cannot run between sti and the load. */
Test(interrupts, sti_shadow_covers_the_next_instruction)
{
    struct code code[2] = {{.size = 0}, {.size = 0}}, body = {.size = 0};
    code_store(&code[0], 0, 1);
    code_sti(&code[0]);
    code_load(&code[0], 8, 0);
    code_cli(&code[0]);
    code_end(&code[0]);
    code_send(&code[1], INTERRUPT_LOW, 0);
    code_end(&code[1]);
    code_store(&body, 0, 7);
    explore_pair(code, &body, &reduced);
    for (unsigned i = 0; i < reduced.count; i++)
        cr_assert_eq(reduced.state[i].word[CORE0_R8], 1);
    cr_assert_eq(count_register(&reduced, COUNTER, 1), 1, "it may come between load and cli");
    cr_assert_eq(count_register(&reduced, COUNTER, 0), 1, "or stay pending");
}

/* Core 0: `code`, `between`, a load of variable 0; the handler stores 7 there. */
static void load_behind(const struct code *code, const char *between, unsigned size, struct state_set *set)
{
    struct code pair[2] = {{.size = 0}, {.size = 0}}, body = {.size = 0};
    code_bytes(&pair[0], "\x8c\xd0", 2); /* mov eax, ss */
    code_sti(&pair[0]);
    code_bytes(&pair[0], "\x90", 1);
    code_bytes(&pair[0], code->byte, code->size);
    code_bytes(&pair[0], between, size);
    code_load(&pair[0], 8, 0);
    code_cli(&pair[0]);
    code_end(&pair[0]);
    code_send(&pair[1], INTERRUPT_LOW, 0);
    code_end(&pair[1]);
    code_store(&body, 0, 7);
    explore_pair(pair, &body, set);
}

/* POPF writes IF (SDM vol. 2, POPF): it opens interrupts, and closes them. */
Test(interrupts, popf_writes_the_interrupt_flag)
{
    for (unsigned on = 0; on < 2; on++) {
        struct code code[2] = {{.size = 0}, {.size = 0}}, body = {.size = 0};
        code_bytes(&code[0], on ? "\x68\x02\x02\x00\x00" : "\x68\x02\x00\x00\x00", 5);
        code_sti(&code[0]);
        code_bytes(&code[0], on ? "\xfa\x9d\xf4" : "\x9d\xf4", on ? 3 : 2); /* cli; popf; hlt */
        code_cli(&code[0]);
        code_end(&code[0]);
        code_store(&code[1], 0, 1);
        code_send(&code[1], INTERRUPT_LOW, 0);
        code_end(&code[1]);
        explore_pair(code, &body, &reduced);
        cr_expect_eq(count_register(&reduced, COUNTER, 1) > 0, on, "popf, IF = %u", on);
        cr_expect_eq(count_register(&reduced, COUNTER, 0) > 0, !on, "popf, IF = %u", on);
    }
}

/* MOV SS blocks like STI (SDM vol. 3, 6.8.3) ... */
Test(interrupts, mov_ss_shadow_covers_the_next_instruction)
{
    struct code store = {.size = 0};
    code_cli(&store);
    code_store(&store, 0, 1);
    code_sti(&store); /* its own shadow ends with the MOV SS */
    load_behind(&store, "\x90", 1, &reduced);
    cr_assert_gt(count_register(&reduced, CORE0_R8, 7), 0, "a NOP instead: right before the load");
    load_behind(&store, "\x8e\xd0", 2, &reduced); /* mov ss, eax */
    cr_assert_eq(count_register(&reduced, CORE0_R8, 7), 0);
    cr_assert_gt(count_register(&reduced, COUNTER, 1), 0, "it comes behind the load");
}

/* ... but only behind itself. */
Test(interrupts, mov_ss_does_not_cover_the_instruction_before)
{
    struct code store = {.size = 0};
    code_store(&store, 0, 1);
    load_behind(&store, "\x8e\xd0", 2, &reduced);
    cr_assert_gt(count_register(&reduced, CORE0_R8, 1), 0);
    cr_assert_gt(count_register(&reduced, CORE0_R8, 7), 0, "between the store and the MOV SS");
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
    struct code code[2] = {{.size = 0}, {.size = 0}}, body = {.size = 0};
    struct code old = {.size = 0}, new = {.size = 0};
    code_handler(&old, NULL);
    code_store(&body, 0, 7);
    code_handler(&new, &body);
    code_sti(&code[0]);
    code_bytes(&code[0], "\x90", 1);
    code_bytes(&code[0], "\x0f\x01\x1c\x25\x00\x70\x00\x80", 8); /* lidt */
    code_cli(&code[0]);
    code_end(&code[0]);
    code_send(&code[1], INTERRUPT_LOW, 0);
    code_end(&code[1]);
    struct program *p = program_open(2, 0, MEMORY_TSO);
    interrupts_enable(p, &old, &new);
    place_second_idt(p);
    program_start(p, code);
    cr_assert(interrupts_explore(p, ALGORITHM_SOURCE, false, &reduced, NULL));
    cr_expect_eq(count_register(&reduced, COUNTER, 0), 1, "it may stay pending");
    cr_expect_eq(count_register(&reduced, COUNTER, 1), 2);
    cr_expect_eq(count_register(&reduced, 0, 7), 1, "once through the new table");
}

/* Store buffering with the load in a handler: delivery drains, so that not both loads read 0. */
Test(interrupts, delivery_drains_the_store_buffer)
{
    struct code code[2] = {{.size = 0}, {.size = 0}}, body = {.size = 0};
    for (unsigned t = 0; t < 2; t++)
        for (unsigned i = 8; i < 10; i++)
            code_mov(&code[t], i, 0);
    code_store(&code[0], 0, 1);
    code_idle(&code[0]);
    code_send(&code[1], INTERRUPT_LOW, 0);
    code_store(&code[1], 1, 1);
    code_mfence(&code[1]);
    code_load(&code[1], 9, 0);
    code_end(&code[1]);
    code_load(&body, 8, 1);
    explore_pair(code, &body, &reduced);
    cr_assert_eq(reduced.count, 3, "0/1, 1/0 and 1/1");
    for (unsigned i = 0; i < reduced.count; i++)
        cr_assert(reduced.state[i].word[CORE0_R8] || reduced.state[i].word[CORE1_R9]);
}

/* The same with the load in the thread: both may read 0. */
Test(interrupts, without_delivery_the_store_may_wait)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    for (unsigned t = 0; t < 2; t++)
        for (unsigned i = 8; i < 10; i++)
            code_mov(&code[t], i, 0);
    code_store(&code[0], 0, 1);
    code_load(&code[0], 8, 1);
    code_end(&code[0]);
    code_store(&code[1], 1, 1);
    code_mfence(&code[1]);
    code_load(&code[1], 9, 0);
    code_end(&code[1]);
    explore_pair(code, NULL, &reduced);
    cr_assert_eq(reduced.count, 4);
}

/* The same across IRETQ, which serializes: a store of the handler, a load of the thread behind it. */
Test(interrupts, iret_drains_the_store_buffer)
{
    struct code code[2] = {{.size = 0}, {.size = 0}}, body = {.size = 0};
    unsigned taken = 0;
    for (unsigned t = 0; t < 2; t++)
        for (unsigned i = 8; i < 10; i++)
            code_mov(&code[t], i, 0);
    code_sti(&code[0]);
    code_bytes(&code[0], "\x90", 1);
    code_cli(&code[0]);
    code_load(&code[0], 8, 1);
    code_end(&code[0]);
    code_send(&code[1], INTERRUPT_LOW, 0);
    code_store(&code[1], 1, 1);
    code_mfence(&code[1]);
    code_load(&code[1], 9, 0);
    code_end(&code[1]);
    code_store(&body, 0, 1);
    explore_pair(code, &body, &reduced);
    for (unsigned i = 0; i < reduced.count; i++) {
        const uint32_t *w = reduced.state[i].word;
        taken += w[COUNTER];
        cr_assert(!w[COUNTER] || w[CORE0_R8] || w[CORE1_R9]);
    }
    cr_assert_gt(taken, 0);
}

/* Two messages of one sender: which of them is pending alone at the target? */
static void explore_order(unsigned knob)
{
    struct code code[2] = {{.size = 0}, {.size = 0}}, handler = {.size = 0};
    code_handler(&handler, NULL);
    code_mov(&code[0], 1, 0x822); /* IRR of vectors 40h to 5Fh */
    code_bytes(&code[0], "\x0f\x32\x41\x89\xc0", 5); /* rdmsr; mov r8d, eax */
    code_end(&code[0]);
    code_send(&code[1], INTERRUPT_LOW, 0);
    code_send(&code[1], INTERRUPT_HIGH, 0);
    code_end(&code[1]);
    struct program *p = program_open(2, 0, MEMORY_TSO);
    interrupts_enable(p, &handler, &handler);
    program_start(p, code);
    p->m->knobs.value[KNOB_MESSAGE_ORDER] = (uint8_t)knob;
    cr_assert(interrupts_explore(p, ALGORITHM_SOURCE, false, &reduced, NULL));
    cr_assert(p->m->knobs.consulted >> KNOB_MESSAGE_ORDER & 1);
}

enum { PENDING_LOW = 1 << (INTERRUPT_LOW & 31), PENDING_HIGH = 1 << (INTERRUPT_HIGH & 31) };

Test(interrupts, messages_may_overtake_each_other)
{
    explore_order(0);
    cr_assert_eq(count_register(&reduced, CORE0_R8, PENDING_HIGH), 1);
    cr_assert_eq(count_register(&reduced, CORE0_R8, PENDING_LOW), 1);
}

Test(interrupts, fifo_messages_do_not)
{
    explore_order(1);
    cr_assert_eq(count_register(&reduced, CORE0_R8, PENDING_HIGH), 0);
    cr_assert_eq(count_register(&reduced, CORE0_R8, PENDING_LOW), 1);
    cr_assert_eq(count_register(&reduced, CORE0_R8, PENDING_LOW | PENDING_HIGH), 1);
}

/* ---- An instruction that gives way to an interrupt has no effect ---- */

struct instruction {
    const char *name;
    const char *bytes;
    unsigned size;
    uint32_t after; /* variable 0 at the end */
    int32_t rsp, rdi; /* how far it moves them */
};

/* RSP points behind variable 0, RDI to it, EAX holds 5. */
static void check_gives_way(const struct instruction *in)
{
    struct code code[2] = {{.size = 0}, {.size = 0}}, body = {.size = 0};
    uint32_t variable = (uint32_t)PROGRAM_BASE + PROGRAM_DATA, behind = variable + 8;
    unsigned early = 0, late = 0;
    code_bytes(&code[0], "\x48\xc7\xc4", 3); /* mov rsp, behind */
    code_bytes(&code[0], &behind, 4);
    code_bytes(&code[0], "\x48\xc7\xc7", 3); /* mov rdi, variable */
    code_bytes(&code[0], &variable, 4);
    code_mov(&code[0], 0, 5);
    code_sti(&code[0]);
    code_bytes(&code[0], "\x90", 1);
    code_bytes(&code[0], in->bytes, in->size);
    code_cli(&code[0]);
    code_bytes(&code[0], "\x41\x89\xe0\x41\x89\xf9", 6); /* mov r8d, esp; mov r9d, edi */
    code_end(&code[0]);
    code_send(&code[1], INTERRUPT_LOW, 0);
    code_load(&code[1], 8, 0);
    code_end(&code[1]);
    code_load(&body, 10, 0);
    code_bytes(&body, "\x44\x89\x14\x25\x08\x80\x00\x80", 8); /* variable 1 = what it saw */
    explore_pair(code, &body, &reduced);
    for (unsigned i = 0; i < reduced.count; i++) {
        const uint32_t *w = reduced.state[i].word;
        cr_assert_eq(w[0], in->after, "%s: variable is %#x", in->name, w[0]);
        cr_assert_eq(w[CORE0_R8], behind + (uint32_t)in->rsp, "%s: RSP", in->name);
        cr_assert_eq(w[CORE0_R9], variable + (uint32_t)in->rdi, "%s: RDI", in->name);
        early += w[COUNTER] == 1 && w[1] == 0;
        late += w[COUNTER] == 1 && w[1] == in->after;
    }
    cr_assert_gt(early, 0, "%s: the handler can run before it", in->name);
    cr_assert_gt(late, 0, "%s: and behind it", in->name);
}

Test(interrupts, an_instruction_that_gives_way_has_no_effect, .timeout = 120)
{
    static const struct instruction list[] = {
        {"mov", "\xc7\x04\x25\x00\x80\x00\x80\x05\x00\x00\x00", 11, 5, 0, 0},
        {"add", "\x83\x04\x25\x00\x80\x00\x80\x05", 8, 5, 0, 0},
        {"xadd", "\x0f\xc1\x04\x25\x00\x80\x00\x80", 8, 5, 0, 0},
        {"xchg", "\x87\x04\x25\x00\x80\x00\x80", 7, 5, 0, 0},
        {"lock add", "\xf0\x83\x04\x25\x00\x80\x00\x80\x05", 9, 5, 0, 0},
        {"push", "\x50", 1, 5, -8, 0},
        {"push immediate", "\x6a\x05", 2, 5, -8, 0},
        {"stosd", "\xab", 1, 5, 0, 4},
    };
    for (unsigned i = 0; i < sizeof list / sizeof *list; i++)
        check_gives_way(&list[i]);
}

/* ---- Boundaries that may not be left out ---- */

static void same_as_dfs(struct code code[2], const struct code *handler)
{
    struct program *p = program_open(2, 0, MEMORY_SC);
    interrupts_enable(p, handler, handler);
    program_start(p, code);
    cr_assert(interrupts_explore(p, ALGORITHM_DFS, true, &reference, NULL));
    cr_assert(interrupts_explore(p, ALGORITHM_SOURCE, false, &reduced, NULL));
    cr_assert(state_set_equal(&reference, &reduced), "%u states, not %u", reduced.count,
              reference.count);
}

static void start_registers(struct code code[2])
{
    for (unsigned t = 0; t < 2; t++)
        for (unsigned i = 8; i < 10; i++)
            code_mov(&code[t], i, 0);
}

/* Where it stops the thread can be seen in memory: nothing, one store, or both. */
Test(interrupts, a_handler_that_does_not_return)
{
    struct code code[2] = {{.size = 0}, {.size = 0}}, handler = {.size = 0};
    code_bytes(&handler, "\xfa\xf4\xeb\xfd", 4); /* cli; hlt; jmp */
    start_registers(code);
    code_sti(&code[0]);
    code_bytes(&code[0], "\x90", 1);
    code_store(&code[0], 0, 1);
    code_store(&code[0], 1, 1);
    code_idle(&code[0]);
    code_send(&code[1], INTERRUPT_LOW, 0);
    code_load(&code[1], 8, 0);
    code_load(&code[1], 9, 1);
    code_end(&code[1]);
    same_as_dfs(code, &handler);
    cr_assert_gt(count_register(&reduced, 0, 0), 0, "before the first store");
    cr_assert_gt(count_register(&reduced, 1, 0), count_register(&reduced, 0, 0), "between them");
    cr_assert_gt(count_register(&reduced, 1, 1), 0, "behind both");
}

Test(interrupts, a_handler_that_changes_a_register)
{
    struct code code[2] = {{.size = 0}, {.size = 0}}, body = {.size = 0}, handler = {.size = 0};
    code_mov(&body, 8, 9);
    code_handler(&handler, &body);
    start_registers(code);
    code_sti(&code[0]);
    code_load(&code[0], 8, 0);
    code_load(&code[0], 9, 0);
    code_cli(&code[0]);
    code_end(&code[0]);
    code_store(&code[1], 0, 1);
    code_send(&code[1], INTERRUPT_LOW, 0);
    code_end(&code[1]);
    same_as_dfs(code, &handler);
}

Test(interrupts, mov_ss_blocks_the_boundary_that_would_have_stayed)
{
    struct code code[2] = {{.size = 0}, {.size = 0}}, handler = {.size = 0};
    code_handler(&handler, NULL);
    start_registers(code);
    code_bytes(&code[0], "\x8c\xd0", 2); /* mov eax, ss */
    code_sti(&code[0]);
    code_bytes(&code[0], "\x90", 1);
    code_store(&code[0], 0, 1);
    code_bytes(&code[0], "\x8e\xd0", 2); /* mov ss, eax */
    code_cli(&code[0]);
    code_end(&code[0]);
    code_load(&code[1], 8, 0);
    code_send(&code[1], INTERRUPT_LOW, 0);
    code_end(&code[1]);
    same_as_dfs(code, &handler);
    cr_assert_gt(count_register(&reduced, COUNTER, 1), 0, "the interrupt can be taken at all");
}
