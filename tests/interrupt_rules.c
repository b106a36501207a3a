/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What taking an interrupt does, on small programs: it drains the store buffer; messages come in some
 * order; an instruction that gives way has no effect.
 */
#include "tests/pair_fixture.h"
#include "tests/support/snippets.h"

enum { R8 = 8, R9 = 9 };

/* Store buffering with the load in a handler: delivery drains, so that not both loads read 0. */
Test(interrupts, delivery_drains_the_store_buffer)
{
    struct pair pair;
    pair_init(&pair);
    code_store(&pair.code[0], 0, 1);
    code_idle(&pair.code[0]);
    code_send(&pair.code[1], INTERRUPT_LOW, 0);
    code_store(&pair.code[1], 1, 1);
    code_mfence(&pair.code[1]);
    code_load(&pair.code[1], 9, 0);
    code_end(&pair.code[1]);
    code_load(&pair.low, 8, 1);
    pair_explore(&pair);
    cr_assert_eq(states.count, 3, "0/1, 1/0 and 1/1");
    for (unsigned i = 0; i < states.count; i++)
        cr_assert(states.state[i].word[state_word(0, R8)] || states.state[i].word[state_word(1, R9)]);
}

/* The same with the load in the thread: both may read 0. */
Test(interrupts, without_delivery_the_store_may_wait)
{
    struct pair pair;
    pair_init(&pair);
    code_store(&pair.code[0], 0, 1);
    code_load(&pair.code[0], 8, 1);
    code_end(&pair.code[0]);
    code_store(&pair.code[1], 1, 1);
    code_mfence(&pair.code[1]);
    code_load(&pair.code[1], 9, 0);
    code_end(&pair.code[1]);
    pair_explore(&pair);
    cr_assert_eq(states.count, 4);
}

/* The same across IRETQ, which serializes: a store of the handler, a load of the thread behind it. */
Test(interrupts, iret_drains_the_store_buffer)
{
    struct pair pair;
    unsigned taken = 0;
    pair_init(&pair);
    code_sti(&pair.code[0]);
    code_bytes(&pair.code[0], "\x90", 1);
    code_cli(&pair.code[0]);
    code_load(&pair.code[0], 8, 1);
    code_end(&pair.code[0]);
    code_send(&pair.code[1], INTERRUPT_LOW, 0);
    code_store(&pair.code[1], 1, 1);
    code_mfence(&pair.code[1]);
    code_load(&pair.code[1], 9, 0);
    code_end(&pair.code[1]);
    code_store(&pair.low, 0, 1);
    pair_explore(&pair);
    for (unsigned i = 0; i < states.count; i++) {
        const uint32_t *w = states.state[i].word;
        taken += w[INTERRUPT_COUNTER];
        cr_assert(!w[INTERRUPT_COUNTER] || w[state_word(0, R8)] || w[state_word(1, R9)]);
    }
    cr_assert_gt(taken, 0);
}

/* Two messages of one sender: which of them is pending alone at the target? */
static void explore_order(uint8_t knob)
{
    struct pair pair;
    pair_init(&pair);
    pair.message_order = knob;
    code_read_msr(&pair.code[0], 0x822); /* IRR of vectors 40h to 5Fh */
    code_end(&pair.code[0]);
    code_send(&pair.code[1], INTERRUPT_LOW, 0);
    pair_send(&pair, INTERRUPT_HIGH);
    struct program *p = pair_explore(&pair);
    cr_assert(p->m->knobs.consulted >> KNOB_MESSAGE_ORDER & 1);
}

enum { PENDING_LOW = 1 << (INTERRUPT_LOW & 31), PENDING_HIGH = 1 << (INTERRUPT_HIGH & 31) };

Test(interrupts, messages_may_overtake_each_other)
{
    explore_order(0);
    cr_assert_eq(with(0, R8, PENDING_HIGH), 1);
    cr_assert_eq(with(0, R8, PENDING_LOW), 1);
}

Test(interrupts, fifo_messages_do_not)
{
    explore_order(1);
    cr_assert_eq(with(0, R8, PENDING_HIGH), 0);
    cr_assert_eq(with(0, R8, PENDING_LOW), 1);
    cr_assert_eq(with(0, R8, PENDING_LOW | PENDING_HIGH), 1);
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
    struct pair pair;
    uint32_t variable = (uint32_t)PROGRAM_BASE + PROGRAM_DATA, behind = variable + 8;
    unsigned early = 0, late = 0;
    pair_init(&pair);
    code_bytes(&pair.code[0], "\x48\xc7\xc4", 3); /* mov rsp, behind */
    code_bytes(&pair.code[0], &behind, 4);
    code_bytes(&pair.code[0], "\x48\xc7\xc7", 3); /* mov rdi, variable */
    code_bytes(&pair.code[0], &variable, 4);
    code_mov(&pair.code[0], 0, 5);
    code_sti(&pair.code[0]);
    code_bytes(&pair.code[0], "\x90", 1);
    code_bytes(&pair.code[0], in->bytes, in->size);
    code_cli(&pair.code[0]);
    code_bytes(&pair.code[0], "\x41\x89\xe0\x41\x89\xf9", 6); /* mov r8d, esp; mov r9d, edi */
    code_end(&pair.code[0]);
    code_send(&pair.code[1], INTERRUPT_LOW, 0);
    code_load(&pair.code[1], 8, 0);
    code_end(&pair.code[1]);
    code_load(&pair.low, 10, 0);
    code_bytes(&pair.low, "\x44\x89\x14\x25\x08\x80\x00\x80", 8); /* variable 1 = what it saw */
    pair_explore(&pair);
    for (unsigned i = 0; i < states.count; i++) {
        const uint32_t *w = states.state[i].word;
        cr_assert_eq(w[0], in->after, "%s: variable is %#x", in->name, w[0]);
        cr_assert_eq(w[state_word(0, R8)], behind + (uint32_t)in->rsp, "%s: RSP", in->name);
        cr_assert_eq(w[state_word(0, R9)], variable + (uint32_t)in->rdi, "%s: RDI", in->name);
        early += w[INTERRUPT_COUNTER] == 1 && w[1] == 0;
        late += w[INTERRUPT_COUNTER] == 1 && w[1] == in->after;
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
