/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NMIs under exploration (SDM vol. 3, 6.7, 6.8.3, table 6-2; vol. 2, STI). Every program is explored
 * with each reduction and with plain DFS, which must reach the same states; what these are to be is
 * said beside each.
 */
#include "sim/message.h"
#include "tests/pair_fixture.h"
#include "tests/support/snippets.h"

enum { ALU_MINUS_1 = 0xff, ALU_MINUS_16 = 0xf0, R8 = 8, R9 = 9 };

static void nmi_init(struct pair *pair)
{
    pair_init(pair);
    pair->nmis = true;
}

/* ---- IF does not matter ---- */

/* Two stores with interrupts off; the handler looks at both. It runs before them, between them or
 * behind them, where it wakes the core from hlt: 0/0, 1/0, 1/1, and it always runs. */
static void two_stores(struct pair *pair, unsigned message)
{
    nmi_init(pair);
    code_store(&pair->code[0], 0, 1);
    code_store(&pair->code[0], 1, 1);
    code_end(&pair->code[0]);
    pair_send(pair, message);
    code_load(&pair->nmi, 8, 0);
    code_load(&pair->nmi, 9, 1);
    pair->low = pair->nmi;
}

Test(nmi, is_taken_with_interrupts_off_and_wakes_hlt)
{
    struct pair pair;
    two_stores(&pair, SEND_NMI);
    pair_explore(&pair);
    cr_expect_eq(states.count, 3);
    cr_expect_eq(with_both(0, 0), 1);
    cr_expect_eq(with_both(1, 0), 1);
    cr_expect_eq(with_both(1, 1), 1);
    cr_expect_eq(with_variable(NMI_COUNTER, 1), 3);
}

Test(nmi, an_interrupt_is_not)
{
    struct pair pair;
    two_stores(&pair, INTERRUPT_LOW);
    pair_explore(&pair);
    cr_expect_eq(states.count, 1);
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 0), 1);
}

/* cli; two stores; sti: a critical section for interrupts, which see 0/0 or 1/1, but not for NMIs. */
static void critical_section(struct pair *pair, unsigned message)
{
    nmi_init(pair);
    code_sti(&pair->code[0]);
    code_bytes(&pair->code[0], "\x90", 1);
    code_cli(&pair->code[0]);
    code_store(&pair->code[0], 0, 1);
    code_store(&pair->code[0], 1, 1);
    code_idle(&pair->code[0]);
    pair_send(pair, message);
    code_load(&pair->nmi, 8, 0);
    code_load(&pair->nmi, 9, 1);
    pair->low = pair->nmi;
}

Test(nmi, sees_an_update_half_made)
{
    struct pair pair;
    critical_section(&pair, INTERRUPT_LOW);
    pair_explore(&pair);
    cr_expect_eq(states.count, 2);
    cr_expect_eq(with_both(1, 0), 0, "an interrupt does not");
    critical_section(&pair, SEND_NMI);
    pair_explore(&pair);
    cr_expect_eq(states.count, 3);
    cr_expect_eq(with_both(1, 0), 1);
}

/* An unlocked read-modify-write is one instruction to an NMI of its own core as well: both additions
 * always count, while the load of the other core falls anywhere. */
Test(nmi, never_splits_an_instruction)
{
    struct pair pair;
    nmi_init(&pair);
    code_add(&pair.code[0], 0, 1);
    code_end(&pair.code[0]);
    code_send(&pair.code[1], SEND_NMI, 0);
    code_load(&pair.code[1], 8, 0);
    code_end(&pair.code[1]);
    code_add(&pair.nmi, 0, 10);
    pair_explore(&pair);
    cr_expect_eq(with_variable(0, 11), states.count);
    cr_expect_eq(states.count, 4, "0, 1, 10 or 11 is loaded");
}

/* A pause loop with interrupts off is ended by what an NMI's handler stores. */
Test(nmi, ends_a_pause_loop)
{
    struct pair pair;
    nmi_init(&pair);
    code_wait_until_set(&pair.code[0], 0);
    code_store(&pair.code[0], 1, 1);
    code_end(&pair.code[0]);
    pair_send(&pair, SEND_NMI);
    code_store(&pair.nmi, 0, 1);
    pair_explore(&pair);
    cr_expect_eq(with_variable(1, 1), states.count);
    cr_expect_eq(states.count, 1);
}

/* A core may send an NMI to itself through its own id, and goes on before it arrives: R8 is what
 * the handler sees of the store behind the ICR write. */
Test(nmi, to_oneself)
{
    struct pair pair;
    nmi_init(&pair);
    code_send(&pair.code[0], SEND_NMI, 0);
    code_store(&pair.code[0], 0, 1);
    code_end(&pair.code[0]);
    code_end(&pair.code[1]);
    code_load(&pair.nmi, 8, 0);
    pair_explore(&pair);
    cr_expect_eq(states.count, 2);
    cr_expect_eq(with(0, R8, 0), 1);
    cr_expect_eq(with(0, R8, 1), 1);
}

/* MOV SS makes all boundaries count: where there is no APIC, no NMI is asked for. */
Test(nmi, without_an_apic)
{
    struct code code;
    code_begin(&code, 2);
    code_bytes(&code, "\x8c\xd0\x8e\xd0", 4); /* mov eax, ss; mov ss, eax */
    code_store(&code, 0, 1);
    code_load(&code, 8, 0);
    code_end(&code);
    states_of(program_new(1, &code, MEMORY_TSO));
    cr_expect_eq(with(0, R8, 1), 1);
}

/* ---- Blocking until IRET, and the latch ---- */

/* SDM vol. 3, 6.7.1. The body counts up, reads how deep it is, counts down. */
static void read_depth(struct code *c, unsigned reg, uint8_t up, uint8_t down)
{
    code_add(c, 0, up);
    code_load(c, reg, 0);
    code_add(c, 0, down);
}

Test(nmi, does_not_nest_and_two_may_be_one)
{
    struct pair pair;
    nmi_init(&pair);
    code_end(&pair.code[0]);
    code_send(&pair.code[1], SEND_NMI, 0);
    pair_send(&pair, SEND_NMI);
    read_depth(&pair.nmi, 8, 1, ALU_MINUS_1);
    pair_explore(&pair);
    cr_expect_eq(states.count, 2);
    cr_expect_eq(with(0, R8, 1), 2, "never in another");
    cr_expect_eq(with_variable(NMI_COUNTER, 2), 1);
    cr_expect_eq(with_variable(NMI_COUNTER, 1), 1, "both arrived before one was taken");
}

/* ... until an IRET, whatever it returns from: here to the next instruction of the handler. */
static void return_to_oneself(struct code *c)
{
    code_bytes(c, "\x48\x89\xe0", 3);                 /* mov rax, rsp */
    code_bytes(c, "\x6a\x10\x50\x9c\x6a\x08", 6);     /* push SS, rax; pushfq; push CS */
    code_bytes(c, "\x48\x8d\x05\x03\x00\x00\x00", 7); /* lea rax, [rip + 3] */
    code_bytes(c, "\x50\x48\xcf", 3);                 /* push rax; iretq */
}

Test(nmi, any_iret_unblocks)
{
    struct pair pair;
    nmi_init(&pair);
    pair.nest = true;
    pair.model = MEMORY_SC; /* all pushes are visible: DFS is too slow with their drains */
    code_end(&pair.code[0]);
    code_send(&pair.code[1], SEND_NMI, 0);
    pair_send(&pair, SEND_NMI);
    code_add(&pair.nmi, 0, 1);
    return_to_oneself(&pair.nmi);
    code_load(&pair.nmi, 8, 0);
    code_add(&pair.nmi, 0, ALU_MINUS_1);
    pair_explore(&pair);
    cr_expect_gt(with(0, R8, 2), 0, "one in the other");
    cr_expect_gt(with(0, R8, 1), 0, "one after the other");
    cr_expect_eq(with(0, R8, 1) + with(0, R8, 2), states.count);
    cr_expect_gt(with_variable(NMI_COUNTER, 1), 0, "two as one");
}

/* ---- Priority ---- */

/* The handlers count in one variable, by 1 and by 16, and read it: an NMI may come in the handler of
 * an interrupt (R9 = 11h), the interrupt not in that of the NMI, whose gate turns interrupts off. */
Test(nmi, nests_in_an_interrupt_but_not_the_other_way)
{
    struct pair pair;
    nmi_init(&pair);
    code_idle(&pair.code[0]);
    code_send(&pair.code[1], INTERRUPT_LOW, 0);
    pair_send(&pair, SEND_NMI);
    read_depth(&pair.low, 8, 1, ALU_MINUS_1);
    read_depth(&pair.nmi, 9, 16, ALU_MINUS_16);
    pair_explore(&pair);
    cr_expect_gt(with(0, R9, 0x11), 0);
    cr_expect_gt(with(0, R9, 0x10), 0);
    cr_expect_eq(with(0, R9, 0x10) + with(0, R9, 0x11), states.count);
    cr_expect_eq(with(0, R8, 0x1) + with(0, R8, 0x11), states.count);
    cr_expect_eq(with(0, R8, 0x11), 0);
}

/* ---- One core step by step ---- */

static struct step record;

static void step_core(struct program *p)
{
    while (!agent_enabled(p->m, 0) && agent_enabled(p->m, agent_of_buffer(p->m, 0)))
        agent_step(p->m, agent_of_buffer(p->m, 0));
    cr_assert(agent_enabled(p->m, 0));
    agent_step(p->m, 0);
}

static void step_to_halt(struct program *p)
{
    while (agent_enabled(p->m, 0) || agent_enabled(p->m, agent_of_buffer(p->m, 0)))
        step_core(p);
}

/* SDM vol. 3, table 6-2: both pending and both open, the NMI is taken first. */
Test(nmi, goes_before_an_interrupt)
{
    struct pair pair;
    nmi_init(&pair);
    code_idle(&pair.code[0]);
    code_end(&pair.code[1]);
    struct program *p = pair_open(&pair);
    p->m->record = &record;
    p->m->core_ops->begin(p->m->cpu);
    step_to_halt(p);
    interrupt_arrives(p->m, APIC_FIXED, INTERRUPT_LOW);
    interrupt_arrives(p->m, APIC_NMI, 0);
    step_core(p);
    cr_expect_eq(core_level(&p->cpu->core[0]), LEVEL_NMI);
    step_to_halt(p);
    cr_expect_eq(program_variable(p, NMI_COUNTER), 1);
    cr_expect_eq(program_variable(p, INTERRUPT_COUNTER), 1);
}

/* While one is being served, one more is kept: of three the last two are one. */
Test(nmi, one_is_kept_while_another_is_served)
{
    struct pair pair;
    nmi_init(&pair);
    code_end(&pair.code[0]);
    code_end(&pair.code[1]);
    struct program *p = pair_open(&pair);
    p->m->record = &record;
    p->m->core_ops->begin(p->m->cpu);
    step_to_halt(p);
    interrupt_arrives(p->m, APIC_NMI, 0);
    step_core(p);
    cr_expect_eq(core_level(&p->cpu->core[0]), LEVEL_NMI);
    interrupt_arrives(p->m, APIC_NMI, 0);
    interrupt_arrives(p->m, APIC_NMI, 0);
    step_to_halt(p);
    cr_expect_eq(program_variable(p, NMI_COUNTER), 2);
    cr_expect_eq(core_level(&p->cpu->core[0]), LEVEL_THREAD);
    cr_expect_not(p->cpu->core[0].state->nmi_blocked);
}

/* ---- At which boundaries: the handler reads where it will return to ---- */

static uint32_t address_of(unsigned offset)
{
    return (uint32_t)PROGRAM_BASE + PROGRAM_CODE + offset; /* the first program on its machine */
}

static void read_return_address(struct code *c)
{
    code_bytes(c, "\x44\x8b\x44\x24\x18", 5); /* mov r8d, [rsp + 24], behind three pushes */
}

/* Core 0: `before`, then an instruction that blocks, then a load of what core 1 writes. Returns the
 * states in which the NMI was taken between the two. */
static unsigned taken_behind(const char *before, unsigned size, const char *blocking,
                             unsigned blocking_size, unsigned knob, bool *consulted)
{
    struct pair pair;
    nmi_init(&pair);
    pair.sti_blocks_nmi = knob;
    code_bytes(&pair.code[0], before, size);
    unsigned first = pair.code[0].size;
    code_bytes(&pair.code[0], blocking, blocking_size);
    unsigned second = pair.code[0].size;
    code_load(&pair.code[0], 9, 0);
    unsigned third = pair.code[0].size;
    code_cli(&pair.code[0]);
    code_end(&pair.code[0]);
    code_store(&pair.code[1], 0, 1);
    pair_send(&pair, SEND_NMI);
    read_return_address(&pair.nmi);
    struct program *p = pair_explore(&pair);
    *consulted = p->m->knobs.consulted >> KNOB_STI_BLOCKS_NMI & 1;
    cr_expect_gt(with(0, R8, address_of(first)), 0, "before it");
    cr_expect_gt(with(0, R8, address_of(third)), 0, "behind the load");
    return with(0, R8, address_of(second));
}

/* SDM vol. 2, STI: NMIs "may be blocked" for one instruction behind it; vol. 3, table 24-3: behind one
 * that began with IF = 0, as an option. */
Test(nmi, sti_blocks_it_by_a_knob)
{
    bool consulted;
    cr_expect_gt(taken_behind("\x90", 1, "\xfb", 1, 0, &consulted), 0);
    cr_expect(consulted);
    cr_expect_eq(taken_behind("\x90", 1, "\xfb", 1, 1, &consulted), 0);
    cr_expect(consulted);
}

/* ... which nobody asks where IF was 1 already, or where there is no STI. */
Test(nmi, the_knob_is_asked_behind_sti_only)
{
    bool consulted;
    cr_expect_gt(taken_behind("\x90", 1, "\xfa", 1, 0, &consulted), 0, "cli");
    cr_expect_not(consulted);
}

/* SDM vol. 2, MOV: loading SS "inhibits all interrupts" up to the next instruction; vol. 3, 26.6.1 says
 * it of NMIs. */
Test(nmi, mov_ss_blocks_it)
{
    bool consulted;
    cr_expect_eq(taken_behind("\x8c\xd0", 2, "\x8e\xd0", 2, 0, &consulted), 0);
    cr_expect_not(consulted);
}

/* ---- The store buffer ---- */

/* Store buffering with the load in the handler: delivery drains (SDM vol. 3, 11.10), so that behind
 * its own store (R9 = 1) the handler does not miss the other one unless that missed neither. */
Test(nmi, delivery_drains_the_store_buffer)
{
    struct pair pair;
    unsigned behind = 0;
    nmi_init(&pair);
    code_store(&pair.code[0], 0, 1);
    code_end(&pair.code[0]);
    code_send(&pair.code[1], SEND_NMI, 0);
    code_store(&pair.code[1], 1, 1);
    code_mfence(&pair.code[1]);
    code_load(&pair.code[1], 9, 0);
    code_end(&pair.code[1]);
    code_load(&pair.nmi, 9, 0);
    code_load(&pair.nmi, 8, 1);
    pair_explore(&pair);
    for (unsigned i = 0; i < states.count; i++) {
        const uint32_t *w = states.state[i].word;
        if (!w[state_word(0, 9)])
            continue;
        behind++;
        cr_expect(w[state_word(0, 8)] || w[state_word(1, 9)], "both loads read 0");
    }
    cr_expect_eq(behind, 3, "0/1, 1/0 and 1/1");
}
