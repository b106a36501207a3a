/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random guests with AVIC that send each other interrupts, hosts that mark them as running or not and ring doorbells, random
 * knobs: every reduction reaches what plain DFS reaches. Nothing is known about the programs but that.
 */
#include <criterion/criterion.h>

#include "svm/errata.h"
#include "tests/support/agree.h"
#include "tests/support/avic_guests.h"

enum { OPS = 3, SHORTHAND_SELF = 1 << 18, SHORTHAND_ALL = 2 << 18, SHORTHAND_OTHERS = 3 << 18 };

static struct state_set states;

static void draw_send(struct code *c, struct random *r)
{
    static const unsigned icrs[] = {INTERRUPT_LOW, INTERRUPT_LOW, INTERRUPT_HIGH,
                                    SHORTHAND_SELF | INTERRUPT_LOW, SHORTHAND_OTHERS | INTERRUPT_LOW,
                                    SHORTHAND_ALL | INTERRUPT_HIGH};
    code_send(c, icrs[random_draw(r, 6)], random_draw(r, 2));
}

static void draw_cr8(struct code *c, struct random *r)
{
    code_mov(c, 0, random_draw(r, 2) ? 0 : INTERRUPT_LOW >> 4);
    code_bytes(c, "\x44\x0f\x22\xc0", 4); /* mov cr8, rax */
}

static void draw_guest_op(struct code *c, struct random *r, unsigned n)
{
    switch (random_draw(r, 7)) {
    case 0: code_store(c, random_draw(r, 2), 1 + n); break;
    case 1: code_load(c, 8 + random_draw(r, 2), random_draw(r, 2)); break;
    case 2: code_sti(c); break;
    case 3: code_cli(c); break;
    case 4: draw_cr8(c, r); break;
    default: draw_send(c, r); break;
    }
}

static void draw_host_op(struct code *c, struct random *r, unsigned other)
{
    switch (random_draw(r, 5)) {
    case 0: code_set_running(c, other, random_draw(r, 2)); break;
    case 1: code_mfence(c); break;
    case 2: code_doorbell(c, other); break;
    case 3: code_lock_or_at(c, avic_irr(other, INTERRUPT_LOW), 1u << (INTERRUPT_LOW & 31)); break;
    default: code_load_at(c, 8, avic_irr(other, INTERRUPT_LOW)); break;
    }
}

static void draw_core(struct avic_program *a, struct random *r, unsigned core)
{
    struct avic_core_program *k = &a->core[core];
    k->enters = core == 0 || random_draw(r, 3);
    k->hlt_exits = random_draw(r, 2);
    k->flag = random_draw(r, 2);
    a->runs[core] = random_draw(r, 3);
    for (unsigned i = 0; i < (k->enters ? 1 : OPS); i++)
        draw_host_op(&k->host, r, 1 - core);
    for (unsigned i = 0; i < OPS && k->enters; i++)
        draw_guest_op(&k->guest, r, i);
    code_load_at(&k->exit, 9, avic_exit_code(core));
}

static void draw_knobs(struct knobs *k, struct random *r)
{
    static const uint8_t drawn[] = {KNOB_DOORBELL_WAKES_HALTED, KNOB_AVIC_TARGET_ORDER, KNOB_AVIC_ENTRY_TPR,
                                    KNOB_AVIC_LOOKS_AT_STI, KNOB_ERRATUM_1235, KNOB_ERRATUM_1235_WRITES,
                                    KNOB_VMRUN_DRAINS, KNOB_VMEXIT_DRAINS, KNOB_DOORBELL_WRMSR_DRAINS};
    for (unsigned i = 0; i < sizeof drawn; i++)
        k->value[drawn[i]] = (uint8_t)random_draw(r, 2);
}

/* Compares the programs of some seeds; returns how many were small enough for DFS. */
static unsigned compare(uint64_t first, unsigned count, enum memory_model model, unsigned limit)
{
    unsigned compared = 0;
    for (uint64_t seed = first; seed < first + count; seed++) {
        struct random r = {seed};
        struct avic_program a;
        char text[200] = "";
        avic_program_init(&a, 2);
        a.model = model;
        a.errata = random_draw(&r, 2) ? ERRATUM_1235 : 0;
        code_add(&a.low, 0, 16);
        for (unsigned i = 0; i < 2; i++)
            draw_core(&a, &r, i);
        struct program *p = avic_program_open(&a);
        draw_knobs(&p->m->knobs, &r);
        enum agreement how = agree_with_dfs(p, limit, &states, text, sizeof text);
        cr_assert_neq(how, DIFFERS, "seed %llu: %s", (unsigned long long)seed, text);
        compared += how == AGREES;
        program_free(p);
    }
    return compared;
}

Test(avic_random, reductions_agree_with_dfs)
{
    cr_expect_gt(compare(1, 60, MEMORY_SC, 20000), 25);
}

Test(avic_random, reductions_agree_with_dfs_tso)
{
    cr_expect_gt(compare(1001, 60, MEMORY_TSO, 20000), 15);
}
