/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random AVIC guests with a virtual GIF and virtual NMIs, hosts that open GIF between two entries, a device that posts
 * to one of them through an AMD IOMMU, IPIs, NMIs and doorbells, random knobs: every reduction reaches what plain DFS
 * reaches, and steps whose footprints do not conflict may be exchanged. Nothing is known about the programs but that.
 */
#include "tests/commutation_fixture.h"

#include "tests/amdvi_guests_fixture.h"

enum { SHORTHAND_SELF = 1 << 18 };

static void draw_entry(struct code *c, struct random *r)
{
    static const uint32_t low[] = {IS_RUN, IS_RUN | 1 << 8, GA_LOG_INTR, 0};
    code_store_at(c, ENTRY_AT, 1 | 1 << 7 | low[random_draw(r, 4)]);
}

static void draw_cr8(struct code *c, struct random *r)
{
    code_mov(c, 0, random_draw(r, 2) ? 0 : VECTOR >> 4);
    code_bytes(c, "\x44\x0f\x22\xc0", 4); /* mov cr8, rax */
}

static void draw_guest_op(struct code *c, struct random *r, unsigned n)
{
    switch (random_draw(r, 9)) {
    case 0: code_store(c, 1, 1 + n); break;
    case 1: code_sti(c); break;
    case 2: code_cli(c); break;
    case 3: code_gif(c, true); break;
    case 4: code_gif(c, false); break;
    case 5: draw_cr8(c, r); break;
    case 6: code_bytes(c, "\xfb\xf4", 2); break; /* sti; hlt */
    case 7: code_load_at(c, 9, avic_irr(0, VECTOR)); break;
    default: code_send(c, random_draw(r, 2) ? VECTOR : SHORTHAND_SELF | VECTOR, random_draw(r, 2)); break;
    }
}

static void draw_host_op(struct code *c, struct random *r, unsigned other)
{
    switch (random_draw(r, 7)) {
    case 0: code_set_running(c, other, random_draw(r, 2)); break;
    case 1: draw_entry(c, r); break;
    case 2: code_doorbell(c, other); break;
    case 3: code_send(c, INTERRUPT_HIGH, other); break;
    case 4: code_send(c, SEND_NMI, other); break;
    case 5: code_lock_or_at(c, avic_irr(other, VECTOR), IRR_BIT); break;
    default: code_load_at(c, 9, avic_irr(0, VECTOR)); break;
    }
}

/* R8 says that there was an exit: behind the first one the guest is entered once more, perhaps with GIF = 1 for a moment. */
static void draw_exit(struct code *c, struct random *r, unsigned core)
{
    bool opens = random_draw(r, 2), again = !random_draw(r, 3), opens_at_end = random_draw(r, 2);
    if (again) {
        code_bytes(c, "\x45\x85\xc0\x75\x00", 5); /* test r8d, r8d; jne behind */
        unsigned from = c->size;
        code_mov(c, 8, 1);
        if (opens) {
            code_gif(c, true);
            code_bytes(c, "\x90", 1);
            code_gif(c, false);
        }
        code_vmrun(c, core);
        c->byte[from - 1] = (uint8_t)(c->size - from);
    }
    if (opens_at_end)
        code_gif(c, true);
    code_load_at(c, 9, avic_exit_code(core));
}

static void draw_vmcb(struct avic_core_program *k, struct random *r)
{
    k->hlt_exits = random_draw(r, 2);
    k->flag = random_draw(r, 2);
    k->keeps_intr = !random_draw(r, 4);
    if (random_draw(r, 2))
        k->int_ctl = V_GIF_ENABLE | (random_draw(r, 2) ? V_GIF : 0);
    if (!random_draw(r, 3))
        k->int_ctl |= V_NMI_ENABLE | (random_draw(r, 2) ? V_NMI : 0);
}

static void draw_core(struct random *r, unsigned core, unsigned host_ops, unsigned guest_ops)
{
    struct avic_core_program *k = &a.core[core];
    draw_vmcb(k, r);
    a.runs[core] = random_draw(r, 3);
    if (k->enters && random_draw(r, 2))
        code_sti(&k->host);
    for (unsigned i = 0; i < host_ops; i++)
        draw_host_op(&k->host, r, 1 - core);
    for (unsigned i = 0; i < guest_ops && k->enters; i++)
        draw_guest_op(&k->guest, r, i);
    if (k->enters)
        draw_exit(&k->exit, r, core);
}

static void draw_knobs(struct knobs *k, struct random *r)
{
    static const enum knob drawn[] = {KNOB_DOORBELL_WAKES_HALTED, KNOB_AVIC_ENTRY_TPR, KNOB_AVIC_LOOKS_AT_STI,
                                      KNOB_ERRATUM_1235, KNOB_VMRUN_DRAINS, KNOB_VMEXIT_DRAINS,
                                      KNOB_DOORBELL_WRMSR_DRAINS, KNOB_SVM_SHADOW_BLOCKS_INTR,
                                      KNOB_SVM_INTR_HOST_IF, KNOB_STI_BLOCKS_NMI, KNOB_VMCB_CLEAN_BITS,
                                      KNOB_VAPIC_POST_ORDER, KNOB_IRTE_FETCH, KNOB_IRTE_GALOGINTR, KNOB_IEC};
    for (unsigned i = 0; i < sizeof drawn / sizeof *drawn; i++)
        k->value[drawn[i]] = !random_draw(r, 3);
}

static void draw_machine(struct random *r)
{
    static const uint32_t bits[] = {IS_RUN, IS_RUN, GA_LOG_INTR, IS_RUN | 1 << 8};
    begin(2, bits[random_draw(r, 4)]);
    a.model = random_draw(r, 2) ? MEMORY_TSO : MEMORY_SC;
    a.nests = true;
    a.errata = random_draw(r, 3) ? 0 : ERRATUM_1235;
    code_add(&a.high, 1, 16);
}

/* Small enough for DFS, most of the time: a guest and a host. */
static void draw_small(struct random *r)
{
    draw_machine(r);
    a.core[1].enters = !random_draw(r, 6);
    draw_core(r, 0, 0, random_draw(r, 3));
    draw_core(r, 1, 1, 1);
}

static void draw_large(struct random *r)
{
    draw_machine(r);
    interrupts = 1 + random_draw(r, 2);
    a.core[1].enters = random_draw(r, 2);
    for (unsigned i = 0; i < 2; i++)
        draw_core(r, i, random_draw(r, 4), 1 + random_draw(r, 6));
}

Test(avic_device_random, reductions_agree_with_dfs, .timeout = 120)
{
    unsigned compared = 0;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct random r = {seed};
        char text[200] = "";
        draw_small(&r);
        struct program *p = avic_program_open(&a);
        draw_knobs(&p->m->knobs, &r);
        enum agreement how = agree_with_dfs(p, 30000, &states, text, sizeof text);
        cr_assert_neq(how, DIFFERS, "seed %llu: %s", (unsigned long long)seed, text);
        compared += how == AGREES;
        program_free(p);
    }
    cr_expect_gt(compared, 10, "only %u programs were compared", compared);
}

/* Programs that are too large for DFS as well. */
static unsigned exchanged(uint64_t seed, unsigned executions)
{
    struct random r = {seed};
    char name[40];
    draw_large(&r);
    struct program *p = avic_program_open(&a);
    draw_knobs(&p->m->knobs, &r);
    snprintf(name, sizeof name, "seed %llu", (unsigned long long)seed);
    struct walk w = open_walk(p->m, name, seed);
    w.limit = 2000;
    walk(&w, executions);
    checkpoint_free(p->m, &w.before);
    program_free(p);
    return w.exchanged;
}

Test(avic_device_random, steps_that_do_not_conflict_may_be_exchanged, .timeout = 120)
{
    unsigned sum = 0;
    for (uint64_t seed = 1; seed <= 150; seed++)
        sum += exchanged(seed, 8);
    cr_assert_gt(sum, 10000, "only %u", sum);
}
