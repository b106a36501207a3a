/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random programs of two cores, a VT-d unit and a device: each reduction reaches what plain DFS reaches.
 */
#include "tests/vtd_program.h"

static void code_read_vtd(struct code *c, unsigned reg, unsigned offset)
{
    code_mov_long(c, 0, VTD_BASE + offset);
    code_bytes(c, reg == 8 ? "\x44\x8b\x00" : "\x44\x8b\x08", 3); /* mov r8d or r9d, [rax] */
}

static void draw_action(struct random *r, struct code *c, unsigned reg)
{
    static const uint64_t descriptors[] = {PID_A, PID_B, PID_C};
    switch (random_draw(r, 9)) {
    case 0:
        code_retarget(c, descriptors[random_draw(r, 3)]);
        break;
    case 1:
        code_submit(c, 1 + random_draw(r, 2));
        break;
    case 2:
        code_read_vtd(c, reg, random_draw(r, 2) ? VTD_IQH : VTD_FSTS);
        break;
    case 3:
        code_store(c, variable_at(ENTRY_AT), random_draw(r, 2) << 15); /* not present */
        break;
    case 4:
        code_mov_long(c, 0, PROGRAM_BASE + PID_C + PID_CONTROL);
        code_bytes(c, "\xf0\x83\x20\xfd", 4);
        break;
    case 5:
        code_load(c, reg, STATUS);
        break;
    case 6:
        code_store(c, X, 0);
        break;
    case 7:
        code_load(c, reg, variable_at(PID_C));
        break;
    default:
        code_load(c, reg, X);
    }
}

static void draw_program(struct random *r)
{
    for (unsigned i = 0; i < 2; i++) {
        code_begin(&code[i], 2);
        for (unsigned n = 2 + random_draw(r, 2); n > 0; n--)
            draw_action(r, &code[i], 8 + n % 2);
    }
    code_idle(&code[0]);
    for (unsigned i = 0; i < 2; i++)
        code_end(&code[i]);
}

/* Posts, with or without notifications, or sends to core 0. */
static struct vtd_irte first_entry(struct random *r, uint64_t seed)
{
    uint64_t descriptor = random_draw(r, 2) ? PID_A : PID_C;
    return seed & 2 ? (struct vtd_irte){1 | INTERRUPT_LOW << 16, 0} : posted(VECTOR, descriptor);
}

/* All algorithms reach what DFS over every boundary reaches, with both ends of the knob. */
static unsigned agreed(uint64_t seed, unsigned programs)
{
    struct random r = {seed};
    struct program *p = NULL;
    unsigned compared = 0;
    begin(seed & 2 ? 1 : 2);
    knob_iec = seed & 1;
    for (unsigned n = 0; n < programs; n++) {
        char text[120] = "";
        draw_program(&r);
        if (!p)
            p = open_program(first_entry(&r, seed));
        else
            cr_assert(program_next(p, code));
        enum agreement a = agree_with_dfs(p, 60000, &states, text, sizeof text);
        cr_assert_neq(a, DIFFERS, "seed %llu, program %u: %s", (unsigned long long)seed, n, text);
        compared += a == AGREES;
    }
    return compared;
}

Test(vtd_random, programs_agree_with_dfs)
{
    unsigned compared = 0;
    for (uint64_t seed = 1; seed <= 4; seed++)
        compared += agreed(seed, 12);
    cr_assert_gt(compared, 20, "only %u programs were compared", compared);
}
