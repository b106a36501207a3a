/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Invariants that look into the APIC of another core: on random programs the reduced exploration
 * breaks those that plain DFS with every boundary breaks. What is pending, in service and
 * deliverable changes with arrivals, with TPR and SVR, as an interrupt is taken, and at its EOI;
 * what is in flight with sends and arrivals. Each of these must be tried before and behind the look.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "sim/message.h"
#include "tests/support/agree.h"
#include "tests/support/random_programs.h"

enum { ROUNDS = 30, LIMIT = 60000 };

static struct lapic *l;
static struct state_set states;

/* ---- Looks: is it so, is it not so, as core 1 leaves its region ---- */

struct look {
    bool apic, fabric; /* what it asks about core 0: INTR, messages in flight */
    bool (*sees)(const struct machine *);
    bool answer; /* that breaks the invariant */
    char name[8];
};

static bool pending_low(const struct machine *m)
{
    (void)m;
    return lapic_irr(l, 0, INTERRUPT_LOW);
}

static bool pending_high(const struct machine *m)
{
    (void)m;
    return lapic_irr(l, 0, INTERRUPT_HIGH);
}

static bool serviced_low(const struct machine *m)
{
    (void)m;
    return lapic_isr(l, 0, INTERRUPT_LOW);
}

static bool serviced_high(const struct machine *m)
{
    (void)m;
    return lapic_isr(l, 0, INTERRUPT_HIGH);
}

static bool deliverable(const struct machine *m)
{
    (void)m;
    return lapic_deliverable(l, 0);
}

static bool masked(const struct machine *m)
{
    (void)m;
    return lapic_regs(l, 0)->tpr;
}

static bool coming_low(const struct machine *m)
{
    return message_in_flight(m, INTERRUPT_LOW, 0);
}

static bool coming_high(const struct machine *m)
{
    return message_in_flight(m, INTERRUPT_HIGH, 0);
}

/* Has it been sent, and not been taken? */
static bool sent_low(const struct machine *m)
{
    return coming_low(m) || pending_low(m);
}

static bool sent_high(const struct machine *m)
{
    return coming_high(m) || pending_high(m);
}

static const struct look into_apic[] = {
    {.apic = true, .sees = pending_low},  {.apic = true, .sees = pending_high},
    {.apic = true, .sees = serviced_low}, {.apic = true, .sees = serviced_high},
    {.apic = true, .sees = deliverable},  {.apic = true, .sees = masked},
};

static const struct look into_fabric[] = {
    {.fabric = true, .sees = coming_low}, {.fabric = true, .sees = coming_high},
};

static const struct look into_both[] = {
    {.apic = true, .fabric = true, .sees = sent_low},
    {.apic = true, .fabric = true, .sees = sent_high},
};

static bool holds(void *context, struct machine *m, struct footprint *fp, char *message, size_t size)
{
    const struct look *look = context;
    if (look->apic)
        footprint_add(fp, resource_make(RES_INTR, 0), ACCESS_READ);
    if (look->fabric)
        footprint_add(fp, resource_make(RES_INBOUND, 0), ACCESS_READ);
    snprintf(message, size, "seen");
    return look->sees(m) != look->answer;
}

/* Two invariants a look: never yes, and never no. */
static void add_looks(struct machine *m, const struct look *looks, unsigned count)
{
    static struct look both[MACHINE_MAX_INVARIANTS];
    for (unsigned i = 0; i < 2 * count; i++) {
        both[i] = looks[i / 2];
        both[i].answer = i & 1;
        snprintf(both[i].name, sizeof both[i].name, "look-%c", '0' + i);
        struct invariant inv = {.name = both[i].name, .context = &both[i],
                                .events = (uint32_t)EVENT_REGION_LEAVE << 1, .holds = holds};
        machine_add_invariant(m, &inv);
    }
}

/* ---- Comparison ---- */

/* What was seen; 0 if the program is too large for plain DFS. */
static unsigned compare(struct program *p, unsigned n, unsigned *compared)
{
    char text[120];
    enum agreement a = agree_with_dfs(p, LIMIT, &states, text, sizeof text);
    cr_assert_neq(a, DIFFERS, "program %u, %s", n, text);
    *compared += a == AGREES;
    return a == AGREES ? states.findings : 0;
}

static struct program *open_observed(const struct look *looks, unsigned count,
                                     const struct code code[2])
{
    struct code quiet = {.size = 0};
    code_handler(&quiet, NULL);
    struct program *p = program_open(2, 0, MEMORY_TSO);
    l = interrupts_enable(p, &quiet, &quiet);
    add_looks(p->m, looks, count);
    program_start(p, code);
    return p;
}

static void compare_looks(const struct look *looks, unsigned count, uint64_t seed)
{
    struct random r = {seed};
    struct code code[2];
    unsigned compared = 0, seen = 0;
    random_observed(&r, code);
    struct program *p = open_observed(looks, count, code);
    for (unsigned n = 0; n < ROUNDS; n++) {
        seen |= compare(p, n, &compared);
        random_observed(&r, code);
        cr_assert(program_next(p, code));
    }
    cr_assert_gt(compared, ROUNDS / 2, "only %u programs were compared", compared);
    cr_assert_eq(seen, (1u << 2 * count) - 1, "seen by any program: %x", seen);
}

Test(observed, looks_into_an_apic_see_what_dfs_sees, .timeout = 300)
{
    compare_looks(into_apic, sizeof into_apic / sizeof *into_apic, 50);
}

Test(observed, looks_at_messages_see_what_dfs_sees, .timeout = 300)
{
    compare_looks(into_fabric, sizeof into_fabric / sizeof *into_fabric, 51);
}

/* Core 0 sends to itself, with interrupts off: from then on the vector is in flight or pending. Only
 * the order of the send itself and the look decides the answer. */
Test(observed, a_send_comes_before_and_behind_a_look)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    code_send(&code[0], INTERRUPT_HIGH, 0);
    code_end(&code[0]);
    code_region(&code[1], 1);
    code_end(&code[1]);
    struct program *p = open_observed(into_both, 2, code);
    unsigned want = 1 << 0 | 1 << 2 | 1 << 3; /* LOW: no. HIGH: no, yes. */
    for (enum algorithm a = 0; a < ALGORITHM_COUNT; a++) {
        cr_assert(interrupts_explore(p, a, false, LIMIT, &states));
        cr_expect_eq(states.findings, want, "%s: %x", algorithm_name[a], states.findings);
    }
}

static void both_are_pending(void *context, struct machine *m)
{
    unsigned *complete = context;
    (void)m;
    ++*complete;
    cr_assert_not(lapic_irr(l, 0, INTERRUPT_LOW));
    cr_assert(lapic_irr(l, 1, INTERRUPT_LOW));
    cr_assert(lapic_irr(l, 2, INTERRUPT_LOW));
}

/* SDM vol. 3, 10.6.1: shorthand 11 sends to all but the sender, whatever the destination field. */
Test(observed, a_broadcast_reaches_every_other_core)
{
    struct code code[3] = {{.size = 0}, {.size = 0}, {.size = 0}}, quiet = {.size = 0};
    unsigned complete = 0;
    struct explore_options o = {.algorithm = ALGORITHM_SOURCE, .on_complete = both_are_pending,
                                .context = &complete};
    struct explore_result r;
    code_handler(&quiet, NULL);
    code_send(&code[0], INTERRUPT_LOW | 3 << 18, 0);
    for (unsigned t = 0; t < 3; t++)
        code_end(&code[t]);
    struct program *p = program_open(3, 0, MEMORY_TSO);
    l = interrupts_enable(p, &quiet, &quiet);
    program_start(p, code);
    explore(p->m, &o, &r);
    cr_assert_gt(complete, 0);
}
