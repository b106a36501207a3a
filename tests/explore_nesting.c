/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts that meet each other under exploration: nested by priority, late, overtaking, at the end
 * of a thread, beside a read-modify-write (SDM vol. 3, 10.8.3, 10.8.4). Every program is explored with
 * each reduction and with plain DFS, which must reach the same states; what these are to be is said
 * beside each.
 */
#include "kvm/runtime/marker.h"
#include "tests/pair_fixture.h"
#include "tests/support/random_programs.h"
#include "tests/support/snippets.h"

enum { ALU_MINUS_1 = 0xff, ALU_MINUS_16 = 0xf0, MSR_TPR = 0x808, MSR_PPR = 0x80a, R8 = 8, R9 = 9 };

/* ---- Nested by priority ---- */

/* Both handlers open interrupts, count in one variable, by 1 and by 16, and read it at their
 * deepest. */
static void handler_that_opens(struct code *c, unsigned reg, uint8_t up, uint8_t down)
{
    code_bytes(c, "\x50\x51\x52", 3); /* push rax, rcx, rdx */
    code_add(c, INTERRUPT_COUNTER, 1);
    code_add(c, 0, up);
    code_sti(c);
    code_bytes(c, "\x90", 1);
    code_load(c, reg, 0);
    code_cli(c);
    code_add(c, 0, down);
    code_eoi(c);
    code_bytes(c, "\x5a\x59\x58\x48\xcf", 5); /* pop; iretq */
}

static void handlers_that_open(struct pair *pair)
{
    handler_that_opens(&pair->low, 8, 1, ALU_MINUS_1);
    handler_that_opens(&pair->high, 9, 16, ALU_MINUS_16);
    pair->whole = pair->nest = true;
}

static void nested(struct pair *pair)
{
    pair_init(pair);
    handlers_that_open(pair);
    pair->model = MEMORY_SC; /* all pushes are visible: DFS is too slow with their drains */
    code_idle(&pair->code[0]);
    code_send(&pair->code[1], INTERRUPT_LOW, 0);
    pair_send(pair, INTERRUPT_HIGH);
}

/* Class 5 in class 4, never class 4 in class 5, until its EOI: R8 is 1 always, R9 10h or 11h. */
Test(nesting, a_higher_class_nests_in_a_lower_one)
{
    struct pair pair;
    nested(&pair);
    pair_explore(&pair);
    cr_expect_gt(with(0, R9, 0x11), 0);
    cr_expect_gt(with(0, R9, 0x10), 0);
    cr_expect_eq(with(0, R9, 0x11) + with(0, R9, 0x10), states.count);
    cr_expect_eq(with(0, R8, 1), states.count);
}

/* The same vector twice: the second waits for the EOI of the first, or is merged with it before. */
Test(nesting, one_class_does_not_nest_in_itself)
{
    struct pair pair;
    nested(&pair);
    pair.code[1].size = 0;
    code_send(&pair.code[1], INTERRUPT_LOW, 0);
    pair_send(&pair, INTERRUPT_LOW);
    pair_explore(&pair);
    cr_expect_eq(with(0, R8, 1), states.count);
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 2), 1);
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 1), 1);
}

/* TPR = 50h: PPR is its class, and vector 52h is not above it (10.8.3.1). */
Test(nesting, tpr_holds_a_class_back)
{
    struct pair pair;
    pair_init(&pair);
    code_load(&pair.high, 8, 0);
    code_write_msr(&pair.code[0], MSR_TPR, 0x50);
    code_sti(&pair.code[0]);
    code_store(&pair.code[0], 0, 1);
    code_store(&pair.code[0], 0, 2);
    code_write_msr(&pair.code[0], MSR_TPR, 0x4f);
    code_idle(&pair.code[0]);
    pair_send(&pair, INTERRUPT_HIGH);
    pair_explore(&pair);
    cr_expect_eq(states.count, 1, "only behind both stores");
    cr_expect_eq(with(0, R8, 2), 1);
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 1), 1);
}

/* ... and a lower class stays pending for good. */
Test(nesting, tpr_that_stays_keeps_the_interrupt_pending)
{
    struct pair pair;
    pair_init(&pair);
    code_write_msr(&pair.code[0], MSR_TPR, 0x4f);
    code_idle(&pair.code[0]);
    code_send(&pair.code[1], INTERRUPT_LOW, 0);
    pair_send(&pair, INTERRUPT_HIGH);
    pair_explore(&pair);
    cr_expect_eq(states.count, 1);
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 1), 1, "vector 52h alone");
}

/* PPR as the handler reads it is the class of the vector in service (10.8.3.1). */
Test(nesting, ppr_shows_the_vector_in_service)
{
    struct pair pair;
    pair_init(&pair);
    code_read_msr(&pair.low, MSR_PPR);
    pair.high = pair.low;
    code_idle(&pair.code[0]);
    code_send(&pair.code[1], INTERRUPT_LOW, 0);
    pair_send(&pair, INTERRUPT_HIGH);
    pair_explore(&pair);
    cr_expect_eq(states.count, 2, "of the one handled last");
    cr_expect_eq(with(0, R8, 0x40), 1);
    cr_expect_eq(with(0, R8, 0x50), 1);
}

/* ---- Late messages ---- */

/* Each handler leaves its mark, 1 or 2: R8 is that of the first, R9 that of the second. */
static void marking_handlers(struct pair *pair)
{
    for (unsigned i = 0; i < 2; i++) {
        struct code *body = i ? &pair->high : &pair->low;
        code_bytes(body, "\x45\x89\xc8", 3); /* mov r8d, r9d */
        code_mov(body, 9, 1 + i);
    }
}

static void send_high_then_low(struct pair *pair)
{
    pair_init(pair);
    marking_handlers(pair);
    code_idle(&pair->code[0]);
    code_send(&pair->code[1], INTERRUPT_HIGH, 0);
    pair_send(pair, INTERRUPT_LOW);
}

/* Sent first and of higher priority, and still it may come second: the message was overtaken. */
Test(late, a_message_may_overtake_another)
{
    struct pair pair;
    send_high_then_low(&pair);
    pair_explore(&pair);
    cr_expect_eq(states.count, 2);
    cr_expect_eq(with(0, R8, 1), 1, "low, then high");
    cr_expect_eq(with(0, R8, 2), 1, "high, then low");
}

Test(late, fifo_messages_do_not)
{
    struct pair pair;
    send_high_then_low(&pair);
    pair.message_order = 1;
    pair_explore(&pair);
    cr_expect_eq(states.count, 1);
    cr_expect_eq(with(0, R8, 2), 1);
}

/* A message arrives long after its sender has gone on: whatever core 1 stores behind it, the handler
 * may see, and everything that core 0 does meanwhile may come first. */
Test(late, behind_all_that_its_sender_does)
{
    struct pair pair;
    pair_init(&pair);
    code_load(&pair.low, 8, 0);
    code_load(&pair.low, 9, 1);
    code_idle(&pair.code[0]);
    code_send(&pair.code[1], INTERRUPT_LOW, 0);
    code_store(&pair.code[1], 0, 1);
    code_mfence(&pair.code[1]);
    code_store(&pair.code[1], 1, 1);
    code_end(&pair.code[1]);
    pair_explore(&pair);
    cr_expect_eq(states.count, 4, "0/0, 1/0, 1/1, and 0/1 with both stores between its loads");
}

/* ---- The end of a thread ---- */

/* Two stores and the end, in a halt with interrupts on: the interrupt is taken before, between or
 * behind them, 0/0, 1/0 or 1/1. It is never left pending, as it would be without a boundary there. */
static void up_to_the_end(bool marker)
{
    struct pair pair;
    pair_init(&pair);
    code_load(&pair.low, 8, 0);
    code_load(&pair.low, 9, 1);
    code_sti(&pair.code[0]);
    code_bytes(&pair.code[0], "\x90", 1);
    code_store(&pair.code[0], 0, 1);
    code_store(&pair.code[0], 1, 1);
    if (marker) {
        uint8_t nop[MARKER_LENGTH] = {MARKER_BYTE_0, MARKER_BYTE_1, MARKER_BYTE_2,
                                      MARKER_SIB(MARKER_THREAD_END)};
        code_bytes(&pair.code[0], nop, sizeof nop);
    }
    code_end(&pair.code[0]);
    pair_send(&pair, INTERRUPT_LOW);
    pair_explore(&pair);
    cr_expect_eq(states.count, 3);
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 1), 3);
    cr_expect_eq(with(0, R8, 0), 1);
    cr_expect_eq(with(0, R9, 1), 1);
}

Test(thread_end, is_a_boundary)
{
    up_to_the_end(false);
    up_to_the_end(true);
}

/* ---- A read-modify-write ---- */

/* One instruction to the interrupts of its own core, two accesses to the other core: 1 and 10 are
 * added in either order, neither between the read and the write of the other. The 100 of the other
 * core comes behind the read of none, one or both of them (100, 101, 110, 111) or is lost (11). */
Test(read_modify_write, is_split_by_others_only)
{
    struct pair pair;
    pair_init(&pair);
    code_add(&pair.low, 0, 10);
    code_sti(&pair.code[0]);
    code_bytes(&pair.code[0], "\x90", 1);
    code_add(&pair.code[0], 0, 1);
    code_idle(&pair.code[0]);
    code_send(&pair.code[1], INTERRUPT_LOW, 0);
    code_add(&pair.code[1], 0, 100);
    code_end(&pair.code[1]);
    pair_explore(&pair);
    static const uint32_t sum[] = {111, 11, 100, 101, 110};
    unsigned seen = 0;
    for (unsigned i = 0; i < sizeof sum / sizeof *sum; i++)
        seen += with_variable(0, sum[i]);
    cr_expect_eq(seen, states.count, "no other sum");
    for (unsigned i = 0; i < sizeof sum / sizeof *sum; i++)
        cr_expect_gt(with_variable(0, sum[i]), 0, "%u", sum[i]);
}

/* ---- Random programs: priorities that change, handlers that nest ---- */

static const struct access_mix accesses = {.store = 1, .load = 1, .add = 1};

static void draw_pair(struct random *r, struct code code[2])
{
    static const uint32_t tpr[] = {0, 0x40, 0x4f, 0x50, 0xf0};
    static const unsigned vector[] = {INTERRUPT_LOW, INTERRUPT_HIGH};
    unsigned reg[2] = {0, 0};
    for (unsigned t = 0; t < 2; t++)
        code_begin(&code[t], 2);
    code_write_msr(&code[0], MSR_TPR, tpr[random_draw(r, 5)]);
    code_sti(&code[0]);
    random_access(r, &accesses, &code[0], &reg[0]);
    if (random_draw(r, 2))
        code_write_msr(&code[0], MSR_TPR, tpr[random_draw(r, 5)]);
    code_idle(&code[0]);
    code_send(&code[1], vector[random_draw(r, 2)], 0);
    if (random_draw(r, 3))
        code_send(&code[1], vector[random_draw(r, 2)], 0);
    if (random_draw(r, 2))
        random_access(r, &accesses, &code[1], &reg[1]);
    code_end(&code[1]);
}

/* SC and TSO by turns, as the seeds are odd and even. */
static void alternate(struct pair *pair, struct random *r)
{
    pair->model = r->state & 1 ? MEMORY_SC : MEMORY_TSO;
}

Test(nesting, random_programs_reach_the_states_of_dfs, .timeout = 300)
{
    struct drawing d = {.vary = alternate, .draw = draw_pair, .seeds = 4, .programs = 30,
                        .limit = 20000};
    handlers_that_open(&d.machine);
    agree_or_fail(&d, 1, d.seeds * d.programs / 3);
}
