/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random programs of two cores, an AMD IOMMU and a device: each reduction reaches what plain DFS reaches, and steps
 * whose footprints do not conflict may be exchanged.
 */
#include "tests/amdvi_program.h"
#include "tests/commutation_fixture.h"

static void code_read_unit(struct code *c, unsigned reg, unsigned offset)
{
    code_mov_long(c, 0, AMDVI_BASE + offset);
    code_bytes(c, reg == 8 ? "\x44\x8b\x00" : "\x44\x8b\x08", 3); /* mov r8d or r9d, [rax] */
}

static void draw_register_access(struct random *r, struct code *c, unsigned reg)
{
    static const unsigned offsets[] = {AMDVI_GA_TAIL, AMDVI_STATUS, AMDVI_COMMAND_HEAD, AMDVI_EVENT_TAIL};
    switch (random_draw(r, 4)) {
    case 0:
        code_write_register(c, AMDVI_BASE + AMDVI_GA_HEAD, 8 * random_draw(r, 3));
        break;
    case 1:
        code_write_register(c, AMDVI_BASE + AMDVI_STATUS, random_draw(r, 2) ? AMDVI_GA_INT : 0x207);
        break;
    default:
        code_read_unit(c, reg, offsets[random_draw(r, 4)]);
    }
}

static void draw_entry(struct random *r, struct code *c)
{
    switch (random_draw(r, 4)) {
    case 0:
        code_store_at(c, ENTRY_AT, 1 | 1 << 7 | IS_RUN | random_draw(r, 2) << 8);
        break;
    case 1:
        code_store_at(c, ENTRY_AT, 1 | 1 << 7 | GA_LOG_INTR);
        break;
    case 2:
        code_store_at(c, ENTRY_AT, random_draw(r, 2)); /* blocked; remapped, with a page: reserved bits */
        break;
    default:
        code_store_at(c, ENTRY_AT + 8, VECTOR | (random_draw(r, 2) ? PAGE_A : PAGE_B));
    }
}

static void draw_action(struct random *r, struct code *c, unsigned reg)
{
    switch (random_draw(r, 8)) {
    case 0:
    case 1:
        draw_entry(r, c);
        break;
    case 2:
        code_submit(c, 1 + random_draw(r, 2));
        break;
    case 3:
        draw_register_access(r, c, reg);
        break;
    case 4:
        code_load(c, reg, random_draw(r, 2) ? STATUS : LOG);
        break;
    case 5:
        code_store_at(c, irr_at(PAGE_A), 0);
        break;
    case 6:
        code_load_at(c, reg, irr_at(random_draw(r, 2) ? PAGE_A : PAGE_B));
        break;
    default:
        code_store_at(c, DEVICES_AT + 32 * DEVICE_ID + 16, 1 | 4 << 1 | TABLE | random_draw(r, 2) << 5);
    }
}

static void draw_program(struct random *r)
{
    for (unsigned i = 0; i < 2; i++) {
        code_begin(&code[i], 2);
        for (unsigned n = i + random_draw(r, 3); n > 0; n--)
            draw_action(r, &code[i], 8 + n % 2);
    }
    code_idle(&code[0]);
    for (unsigned i = 0; i < 2; i++)
        code_end(&code[i]);
}

/* One value of each knob a seed, and of what is enabled. */
static void vary(struct random *r, uint64_t seed)
{
    static const enum knob all[] = {KNOB_IEC, KNOB_COMPLETION_WAIT_DRAINS, KNOB_VAPIC_POST_ORDER, KNOB_IRTE_FETCH,
                                    KNOB_IRTE_GALOGINTR, KNOB_GAPPI_FILTER};
    begin(1 + !(seed % 4));
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
        knobs[all[i]] = (uint8_t)random_draw(r, knob_values(all[i]));
    features |= AMDVI_INT_CAP_XT_EN | AMDVI_GA_INT_EN | (random_draw(r, 2) ? AMDVI_XT_EN : 0);
    if (!random_draw(r, 4))
        features |= AMDVI_GAPPI_EN;
    ga_head = random_draw(r, 2) ? 16 : 0;
}

/* All algorithms reach what DFS over every boundary reaches. */
static unsigned agreed(uint64_t seed, unsigned programs)
{
    struct random r = {seed};
    struct program *p = NULL;
    unsigned compared = 0;
    vary(&r, seed);
    for (unsigned n = 0; n < programs; n++) {
        char text[120] = "";
        draw_program(&r);
        if (!p)
            p = open_program(guest(VECTOR, PAGE_A, random_draw(&r, 2) ? IS_RUN : GA_LOG_INTR, 0));
        else
            cr_assert(program_next(p, code));
        enum agreement a = agree_with_dfs(p, 60000, &states, text, sizeof text);
        cr_assert_neq(a, DIFFERS, "seed %llu, program %u: %s", (unsigned long long)seed, n, text);
        compared += a == AGREES;
    }
    program_free(p);
    return compared;
}

Test(amdvi_random, programs_agree_with_dfs)
{
    unsigned compared = 0;
    for (uint64_t seed = 1; seed <= 8; seed++)
        compared += agreed(seed, 8);
    cr_assert_gt(compared, 30, "only %u programs were compared", compared);
}

/* Programs that are too large for DFS as well. */
static unsigned exchanged(uint64_t seed, unsigned programs)
{
    struct random r = {seed};
    unsigned sum = 0;
    vary(&r, seed);
    draw_program(&r);
    struct program *p = open_program(guest(VECTOR, PAGE_A, random_draw(&r, 2) ? IS_RUN : GA_LOG_INTR, 0));
    struct walk w = open_walk(p->m, "programs with an AMD IOMMU", seed);
    for (unsigned n = 0; n < programs; n++) {
        walk(&w, 20);
        draw_program(&r);
        cr_assert(program_next(p, code));
        p->m->observed_core = 0;
    }
    sum = w.exchanged;
    checkpoint_free(p->m, &w.before);
    program_free(p);
    return sum;
}

Test(amdvi_random, steps_that_do_not_conflict_may_be_exchanged, .timeout = 120)
{
    unsigned sum = 0;
    for (uint64_t seed = 1; seed <= 10; seed++)
        sum += exchanged(seed, 20);
    cr_assert_gt(sum, 10000, "only %u", sum);
}
