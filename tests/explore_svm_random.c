/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random guests with random VMCBs, and a core that sends them events or writes to the VMCB: every reduction reaches
 * what plain DFS reaches. Nothing is known about the programs but that.
 */
#include "tests/svm_program.h"

enum { EXIT_CODE = VMCB_VARIABLE(control.exit_code), INT_CTL = VMCB_VARIABLE(control.int_ctl), SEND_INIT = 0x4500,
       OPS = 3, SENDS = 2 };

static void draw_intercepts(struct svm_program *sp, struct random *r)
{
    static const unsigned codes[] = {VMEXIT_INTR, VMEXIT_NMI, VMEXIT_INIT};
    if (random_draw(r, 2))
        sp->intercepts[0] |= INTERCEPT(VMEXIT_VINTR);
    if (!random_draw(r, 3))
        sp->intercepts[0] |= INTERCEPT(VMEXIT_HLT);
    if (!random_draw(r, 2))
        sp->intercepts[0] &= ~INTERCEPT(codes[random_draw(r, 3)]);
    if (random_draw(r, 2))
        sp->intercepts[1] &= ~(INTERCEPT(VMEXIT_STGI) | INTERCEPT(VMEXIT_CLGI));
}

static void draw_control(struct svm_program *sp, struct random *r)
{
    sp->int_ctl = random_draw(r, 3) ? V_INTR_MASKING : 0;
    if (random_draw(r, 2))
        sp->int_ctl |= V_IRQ | (random_draw(r, 2) ? V_IGN_TPR : 4) | (uint64_t)random_draw(r, 9) << 16 |
                       (uint64_t)INTERRUPT_LOW << 32;
    if (!random_draw(r, 3))
        sp->int_ctl |= V_GIF_ENABLE | (random_draw(r, 2) ? V_GIF : 0);
    if ((sp->intercepts[0] & INTERCEPT(VMEXIT_NMI)) && !random_draw(r, 3))
        sp->int_ctl |= V_NMI_ENABLE | (random_draw(r, 2) ? V_NMI : 0) |
                       (random_draw(r, 3) ? 0 : V_NMI_MASK);
}

static void draw_machine(struct svm_program *sp, struct random *r)
{
    static const uint32_t injections[] = {0, 0, EVENT_VALID | EVENT_TYPE_NMI << 8 | 2,
                                          EVENT_VALID | INTERRUPT_LOW};
    sp->model = random_draw(r, 3) ? MEMORY_SC : MEMORY_TSO;
    draw_intercepts(sp, r);
    draw_control(sp, r);
    sp->event_inj = injections[random_draw(r, 4)];
    sp->shadow = !random_draw(r, 3);
    sp->host_if = random_draw(r, 2);
    sp->gif = !random_draw(r, 4);
    sp->rflags = RFLAGS_FIXED | (random_draw(r, 2) ? RFLAGS_IF : 0);
}

static void draw_knobs(struct knobs *k, struct random *r)
{
    static const enum knob knobs[] = {KNOB_VMRUN_DRAINS, KNOB_VMEXIT_DRAINS, KNOB_VMCB_CLEAN_BITS,
                                      KNOB_SVM_SHADOW_BLOCKS_INTR, KNOB_SVM_INTR_HOST_IF,
                                      KNOB_STI_BLOCKS_NMI};
    for (unsigned i = 0; i < sizeof knobs / sizeof *knobs; i++)
        k->value[knobs[i]] = !random_draw(r, 3);
}

static void code_cr8(struct code *c, unsigned value)
{
    code_mov(c, 1, value);
    code_bytes(c, "\x44\x0f\x22\xc1", 4); /* mov cr8, rcx */
}

static void draw_guest(struct code *c, struct random *r)
{
    for (unsigned i = 0; i < OPS; i++) {
        switch (random_draw(r, 9)) {
        case 0: code_store(c, random_draw(r, 2), 1 + i); break;
        case 1: code_sti(c); break;
        case 2: code_cli(c); break;
        case 3: code_bytes(c, "\x90", 1); break;
        case 4: code_vmmcall(c); break;
        case 5: code_add(c, 0, 16); break;
        case 6: code_stgi(c); break;
        case 7: code_clgi(c); break;
        case 8: code_cr8(c, random_draw(r, 2) ? 0 : 15); break;
        }
    }
    code_end(c);
}

/* What the other core does: events, looks, and writes to the VMCB that races it. */
static void draw_sends(struct code *c, struct random *r)
{
    static const unsigned sends[] = {SEND_NMI, INTERRUPT_LOW, SEND_INIT};
    for (unsigned i = 0; i < SENDS; i++) {
        switch (random_draw(r, 6)) {
        case 0: code_load(c, 8 + i, random_draw(r, 2)); break;
        case 1: code_load(c, 8 + i, random_draw(r, 2) ? EXIT_CODE : INT_CTL); break;
        case 2: code_store(c, INT_CTL, (uint32_t)(V_IRQ | V_IGN_TPR | V_INTR_MASKING)); break;
        default: code_send(c, sends[random_draw(r, 3)], 0); break;
        }
    }
    code_end(c);
}

/* The host notes the codes of two exits, in R9 and R8, and enters once more in between; it may set GIF then. */
static void two_exits(struct code *c, struct random *r)
{
    bool opens = random_draw(r, 2), clean = random_draw(r, 2), opens_at_end = random_draw(r, 2);
    code_bytes(c, "\x45\x85\xc9\x75\x00", 5); /* test r9d, r9d; jne second */
    unsigned first = c->size;
    code_load(c, 9, EXIT_CODE);
    code_bytes(c, "\x41\x81\xc1\x00\x01\x00\x00", 7); /* add r9d, 100h: not 0 */
    if (opens) {
        code_stgi(c);
        code_bytes(c, "\x90", 1);
        code_clgi(c);
    }
    if (clean)
        code_store(c, VMCB_VARIABLE(control.clean), 1u << CLEAN_TPR);
    code_vmrun(c);
    c->byte[first - 1] = (uint8_t)(c->size - first);
    code_load(c, 8, EXIT_CODE);
    if (opens_at_end)
        code_stgi(c);
    code_end(c);
}

/* Compares the programs of some seeds; returns how many were small enough for DFS. */
static unsigned compare(uint64_t first, unsigned count, unsigned limit)
{
    unsigned compared = 0;
    for (uint64_t seed = first; seed < first + count; seed++) {
        struct random r = {seed};
        struct svm_program sp;
        char text[120] = "";
        svm_program_init(&sp);
        draw_machine(&sp, &r);
        draw_guest(&sp.guest, &r);
        draw_sends(&sp.other, &r);
        two_exits(&sp.exit, &r);
        code_add(&sp.handler, 0, 1);
        struct program *p = svm_program_open(&sp);
        draw_knobs(&p->m->knobs, &r);
        enum agreement a = agree_with_dfs(p, limit, &states, text, sizeof text);
        cr_assert_neq(a, DIFFERS, "seed %llu: %s", (unsigned long long)seed, text);
        compared += a == AGREES;
        program_free(p);
    }
    return compared;
}

Test(svm_random, reductions_agree_with_dfs)
{
    cr_expect_gt(compare(1, 60, 20000), 30);
}
