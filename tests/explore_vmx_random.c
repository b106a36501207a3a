/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random guests with random controls, and a core that sends them what leaves them: every reduction reaches
 * what plain DFS reaches. Nothing is known about the programs but that.
 */
#include "tests/vmx_program.h"

enum { EXIT_REASON = 0x4402, SEND_INIT = 0x4500, OPS = 3, SENDS = 2 };

static void draw_controls(struct vmx_program *vp, struct random *r)
{
    static const uint32_t pins[] = {0, PIN_EXTERNAL_INTERRUPT, PIN_EXTERNAL_INTERRUPT | PIN_NMI,
                                    PIN_EXTERNAL_INTERRUPT | PIN_NMI | PIN_VIRTUAL_NMIS};
    static const uint32_t injections[] = {0, 0, 0x80000202, 0x80000000 | INTERRUPT_LOW};
    vp->model = MEMORY_SC;
    vp->pin = pins[random_draw(r, 4)];
    if (random_draw(r, 2))
        vp->proc |= PROC_INTERRUPT_WINDOW;
    if ((vp->pin & PIN_VIRTUAL_NMIS) && random_draw(r, 2))
        vp->proc |= PROC_NMI_WINDOW;
    vp->timer = random_draw(r, 2);
    if (vp->timer)
        vp->pin |= PIN_PREEMPTION_TIMER;
    vp->timer_value = random_draw(r, 4);
    if (vp->timer && random_draw(r, 2))
        vp->exit_controls |= EXIT_SAVE_PREEMPTION_TIMER;
    vp->rflags = random_draw(r, 2) ? 0x202 : 2;
    vp->injection = injections[random_draw(r, 4)];
    vp->interruptibility = random_draw(r, 3) ? 0 : BLOCKING_NMI;
    vp->activity = random_draw(r, 3) ? ACTIVITY_ACTIVE : random_draw(r, 4);
    vp->sti_blocks_nmi = random_draw(r, 2);
}

static void draw_guest(struct code *c, struct random *r)
{
    for (unsigned i = 0; i < OPS; i++) {
        switch (random_draw(r, 6)) {
        case 0: code_store(c, random_draw(r, 2), 1 + i); break;
        case 1: code_sti(c); break;
        case 2: code_cli(c); break;
        case 3: code_bytes(c, "\x90", 1); break;
        case 4: code_vmcall(c); break;
        case 5: code_add(c, 0, 16); break;
        }
    }
    code_end(c);
}

static void draw_sends(struct code *c, struct random *r)
{
    static const unsigned sends[] = {SEND_NMI, INTERRUPT_LOW, SEND_INIT};
    for (unsigned i = 0; i < SENDS; i++) {
        if (random_draw(r, 3))
            code_send(c, sends[random_draw(r, 3)], 0);
        else
            code_load(c, 8 + i, random_draw(r, 2));
    }
    code_end(c);
}

/* The host notes the reasons of two exits, in R9 and R8, and enters once more in between. */
static void two_exits(struct code *c)
{
    code_bytes(c, "\x45\x85\xc9\x75\x00", 5); /* test r9d, r9d; jne second */
    unsigned first = c->size;
    code_vmread(c, 9, EXIT_REASON);
    code_bytes(c, "\x41\x81\xc1\x00\x01\x00\x00", 7); /* add r9d, 100h: not 0 */
    code_vmresume(c);
    code_end(c);
    c->byte[first - 1] = (uint8_t)(c->size - first);
    code_vmread(c, 8, EXIT_REASON);
    code_end(c);
}

/* Compares the programs of some seeds; returns how many were small enough for DFS. */
static unsigned compare(uint64_t first, unsigned count, unsigned limit)
{
    unsigned compared = 0;
    for (uint64_t seed = first; seed < first + count; seed++) {
        struct random r = {seed};
        struct vmx_program vp;
        char text[120] = "";
        vmx_program_init(&vp);
        draw_controls(&vp, &r);
        draw_guest(&vp.guest, &r);
        draw_sends(&vp.other, &r);
        two_exits(&vp.exit);
        code_add(&vp.handler, 0, 1);
        struct program *p = vmx_program_open(&vp);
        enum agreement a = agree_with_dfs(p, limit, &states, text, sizeof text);
        cr_assert_neq(a, DIFFERS, "seed %llu: %s", (unsigned long long)seed, text);
        compared += a == AGREES;
        program_free(p);
    }
    return compared;
}

Test(vmx_random, reductions_agree_with_dfs)
{
    cr_expect_gt(compare(1, 60, 20000), 40);
}
