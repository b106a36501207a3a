/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every reduction rests on, whatever its algorithm: two steps whose footprints do not conflict
 * may be exchanged. On random walks through programs and scenarios, in each state two such steps
 * are made in both orders. Neither may keep the other from being made or change its footprint, a
 * step may enable or disable only what it conflicts with, and both orders must end in one state:
 * memory, store buffers, messages, APICs, VMX, registers, findings, and what comes next. Included
 * once by each test that walks.
 */
#ifndef TESTS_COMMUTATION_FIXTURE_H
#define TESTS_COMMUTATION_FIXTURE_H

#include <criterion/criterion.h>
#include <limits.h>
#include <xxhash.h>

#include "lapic/program.h"
#include "sim/check.h"
#include "tests/support/random_programs.h"

/* ---- States as far as they can be told apart ---- */

/* A load by itself: a drain of its own core decides whether it is forwarded, byte for byte. */
static uint64_t load_hash(const struct access *a)
{
    uint64_t sum = 0;
    for (uint64_t byte = 0; byte < 8; byte++) {
        uint64_t fields[3] = {a->resource, byte, a->unit};
        if (a->bytes >> byte & 1)
            sum += XXH3_64bits(fields, sizeof fields);
    }
    return sum;
}

static uint64_t footprint_hash(const struct footprint *fp)
{
    uint64_t sum = fp->events; /* of the accesses: their order means nothing */
    for (uint32_t i = 0; i < fp->count; i++) {
        const struct access *a = &fp->access[i];
        uint64_t fields[5] = {a->resource, a->bytes, a->mode, a->unit, a->order};
        bool load = a->mode == ACCESS_READ || a->mode == ACCESS_FORWARDED;
        sum += load ? load_hash(a) : XXH3_64bits(fields, sizeof fields);
    }
    return sum;
}

static uint64_t memory_hash(const struct memory *mem)
{
    enum { BLOCK = 1 << MEMORY_BLOCK_SHIFT };
    uint64_t sum = 0;
    for (uint32_t i = 0; i < mem->dirty.count; i++) {
        uint64_t at = (uint64_t)mem->dirty.block[i] * BLOCK;
        if (memcmp(mem->ram + at, mem->snapshot + at, BLOCK))
            sum += XXH3_64bits_withSeed(mem->ram + at, BLOCK, at);
    }
    return sum;
}

/* Everything that models keep, but the order and the text of findings. */
static uint64_t arena_hash(const struct machine *m)
{
    size_t head = sizeof *m->state;
    uint64_t sum = XXH3_64bits(m->arena + head, m->arena_used - head);
    assert(m->arena == (const uint8_t *)m->state);
    for (unsigned i = 0; i < m->cores; i++) {
        const struct store_buffer *sb = &m->state->buffer[i];
        for (uint32_t n = sb->first; n != sb->next; n++)
            sum = sum * 31 + XXH3_64bits(&sb->entry[n % STORE_BUFFER_MAX], sizeof *sb->entry);
    }
    for (uint32_t i = 0; i < m->state->finding_count; i++) {
        const struct finding *f = &m->state->finding[i];
        sum += XXH3_64bits_withSeed(f->name, strlen(f->name), f->kind);
    }
    return sum + XXH3_64bits(m->state->regions, sizeof m->state->regions);
}

static uint64_t registers_hash(struct machine *m)
{
    static const int number[] = {
        UC_X86_REG_RAX, UC_X86_REG_RCX, UC_X86_REG_RDX, UC_X86_REG_RBX, UC_X86_REG_RSP,
        UC_X86_REG_RBP, UC_X86_REG_RSI, UC_X86_REG_RDI, UC_X86_REG_R8,  UC_X86_REG_R9,
        UC_X86_REG_R10, UC_X86_REG_R11, UC_X86_REG_R12, UC_X86_REG_R13, UC_X86_REG_R14,
        UC_X86_REG_R15, UC_X86_REG_RIP, UC_X86_REG_EFLAGS};
    uint64_t value[MACHINE_MAX_CORES][sizeof number / sizeof *number] = {{0}};
    for (unsigned i = 0; i < m->cores; i++)
        for (size_t k = 0; k < sizeof number / sizeof *number; k++)
            value[i][k] = core_reg(&((struct cpu *)m->cpu)->core[i], number[k]);
    return XXH3_64bits(value, sizeof value);
}

struct sight {
    uint64_t memory, arena, registers, enabled;
    uint64_t next[MACHINE_MAX_AGENTS]; /* footprints of those enabled */
};

static void look(struct machine *m, struct sight *s)
{
    memset(s, 0, sizeof *s);
    s->memory = memory_hash(&m->memory);
    s->arena = arena_hash(m);
    s->registers = registers_hash(m);
    s->enabled = machine_enabled(m);
    for (uint64_t left = s->enabled; left; left &= left - 1) {
        unsigned a = (unsigned)__builtin_ctzll(left);
        struct footprint fp;
        agent_next(m, a, &fp);
        s->next[a] = footprint_hash(&fp);
    }
}

/* ---- Exchanging ---- */

struct walk {
    struct machine *m;
    struct random r;
    const char *name;
    struct checkpoint before;
    unsigned exchanged, limit; /* of steps in an execution: a handler may come again and again */
};

/* Makes the agent's step; its whole footprint. */
static void step(struct machine *m, agent_id a, struct footprint *fp)
{
    agent_next(m, a, fp);
    check_step(m, a, fp);
}

/* The same without a trace. */
static void try_step(struct walk *w, agent_id a, struct footprint *fp)
{
    checkpoint_take(w->m, &w->before);
    step(w->m, a, fp);
    checkpoint_restore(w->m, &w->before);
}

/* The visible set was too small: footprints did not tell all, and the walk begins anew. */
static bool found_more(const struct machine *m)
{
    return m->visibility.found || m->observed_more;
}

static const char *name_of(const struct machine *m, agent_id a)
{
    static char text[4][32];
    static unsigned next;
    char *t = text[next++ % 4];
    agent_name(m, a, t, sizeof text[0]);
    return t;
}

/* What a step enables, disables or changes in others must conflict with it. */
static void check_others(const struct walk *w, agent_id stepped, const struct footprint *fp,
                         const struct footprint *next, uint64_t enabled)
{
    struct machine *m = w->m;
    uint64_t now = machine_enabled(m);
    for (unsigned a = 0; a < m->agents; a++) {
        bool was = enabled >> a & 1, is = now >> a & 1;
        struct footprint after;
        if (a == stepped || !(was || is))
            continue;
        if (is)
            agent_next(m, a, &after);
        if (footprint_conflicts(fp, was ? &next[a] : &after))
            continue;
        cr_assert_eq(was, is, "%s: a step of %s %s %s, and they do not conflict", w->name,
                     name_of(m, stepped), is ? "enables" : "disables", name_of(m, a));
        cr_assert_eq(footprint_hash(&after), footprint_hash(&next[a]),
                     "%s: a step of %s changes the footprint of %s, and they do not conflict",
                     w->name, name_of(m, stepped), name_of(m, a));
    }
}

/* Makes both steps, in this order; what each touched, and where that led. */
static void make_both(struct machine *m, agent_id p, agent_id q, uint64_t touched[2], struct sight *s)
{
    struct footprint first, second;
    step(m, p, &first);
    step(m, q, &second);
    touched[0] = footprint_hash(&first);
    touched[1] = footprint_hash(&second);
    look(m, s);
}

static void compare_orders(struct walk *w, agent_id p, agent_id q)
{
    struct machine *m = w->m;
    struct sight one, other;
    uint64_t pq[2], qp[2];
    checkpoint_take(m, &w->before);
    make_both(m, p, q, pq, &one);
    checkpoint_restore(m, &w->before);
    make_both(m, q, p, qp, &other);
    checkpoint_restore(m, &w->before);
    if (found_more(m))
        return;
    w->exchanged++;
    const char *a = name_of(m, p), *b = name_of(m, q);
    cr_assert(pq[0] == qp[1] && pq[1] == qp[0], "%s: %s and %s: what they touch", w->name, a, b);
    cr_assert_eq(one.memory, other.memory, "%s: %s and %s: memory", w->name, a, b);
    cr_assert_eq(one.registers, other.registers, "%s: %s and %s: registers", w->name, a, b);
    cr_assert_eq(one.arena, other.arena, "%s: %s and %s: state of the models", w->name, a, b);
    cr_assert_eq(one.enabled, other.enabled, "%s: %s and %s: who is enabled", w->name, a, b);
    cr_assert(!memcmp(one.next, other.next, sizeof one.next), "%s: %s and %s: what comes next",
              w->name, a, b);
}

static void exchange(struct walk *w, agent_id p, agent_id q)
{
    static struct footprint next[MACHINE_MAX_AGENTS];
    struct machine *m = w->m;
    struct footprint whole_p, whole_q;
    uint64_t enabled = machine_enabled(m);
    for (uint64_t left = enabled; left; left &= left - 1) {
        unsigned a = (unsigned)__builtin_ctzll(left);
        agent_next(m, a, &next[a]);
    }
    try_step(w, q, &whole_q);
    checkpoint_take(m, &w->before);
    step(m, p, &whole_p);
    if (!found_more(m))
        check_others(w, p, &whole_p, next, enabled);
    checkpoint_restore(m, &w->before);
    if (p != q && !found_more(m) && !footprint_conflicts(&whole_p, &whole_q))
        compare_orders(w, p, q);
}

static agent_id draw_agent(struct random *r, uint64_t enabled)
{
    for (unsigned skip = random_draw(r, (unsigned)__builtin_popcountll(enabled)); skip; skip--)
        enabled &= enabled - 1;
    return (unsigned)__builtin_ctzll(enabled);
}

/* One execution; false if more turned out to be visible. Each agent runs on for a while: an
 * even choice would hardly ever let anyone get ahead of the others. */
static bool walk_once(struct walk *w)
{
    struct machine *m = w->m;
    struct footprint fp;
    uint64_t enabled;
    agent_id a = 0;
    m->observed_more = false;
    m->core_ops->begin(m->cpu);
    for (unsigned n = 0; n < w->limit && !found_more(m) && (enabled = machine_enabled(m)); n++) {
        exchange(w, draw_agent(&w->r, enabled), draw_agent(&w->r, enabled));
        if (!(enabled >> a & 1) || !random_draw(&w->r, 4))
            a = draw_agent(&w->r, enabled);
        if (!found_more(m))
            step(m, a, &fp);
    }
    if (!found_more(m))
        return true;
    visible_absorb(&m->visibility);
    return false;
}

static void walk(struct walk *w, unsigned executions)
{
    unsigned done = 0;
    while (done < executions)
        done = walk_once(w) ? done + 1 : 0;
}

static struct walk open_walk(struct machine *m, const char *name, uint64_t seed)
{
    struct walk w = {.m = m, .r = {seed}, .name = name, .limit = UINT_MAX};
    m->core_ops->begin(m->cpu);
    checkpoint_init(m, &w.before);
    return w;
}

#endif
