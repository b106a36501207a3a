/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/states.h"

static bool contains(const struct state_set *set, const struct state *s)
{
    for (unsigned i = 0; i < set->count; i++)
        if (!memcmp(&set->state[i], s, sizeof *s))
            return true;
    return false;
}

void state_set_begin(struct state_set *set, struct program *p, unsigned variables,
                     uint16_t registers)
{
    set->p = p;
    set->variables = variables;
    set->registers = registers;
    set->findings = 0;
    set->count = 0;
}

void state_set_add(void *context, struct machine *m)
{
    struct state_set *set = context;
    struct state s = {{0}};
    unsigned n = 0;
    for (unsigned v = 0; v < set->variables; v++)
        s.word[n++] = program_variable(set->p, v);
    for (unsigned t = 0; t < m->cores; t++)
        for (unsigned reg = 0; reg < 16; reg++)
            if (set->registers >> reg & 1)
                s.word[n++] = program_register(set->p, t, reg);
    assert(n <= STATE_WORDS);
    if (contains(set, &s))
        return;
    assert(set->count < MAX_STATES);
    set->state[set->count++] = s;
}

struct explore_result states_explore(struct state_set *set, struct program *p,
                                     struct explore_options o)
{
    struct explore_result r;
    state_set_begin(set, p, 2, 1 << 8 | 1 << 9);
    o.on_complete = state_set_add;
    o.context = set;
    explore(p->m, &o, &r);
    return r;
}

bool state_set_within(const struct state_set *part, const struct state_set *whole)
{
    for (unsigned i = 0; i < part->count; i++)
        if (!contains(whole, &part->state[i]))
            return false;
    return true;
}

bool state_set_equal(const struct state_set *a, const struct state_set *b)
{
    return a->count == b->count && state_set_within(a, b);
}

unsigned states_with_both(const struct state_set *set, unsigned word, uint32_t value, unsigned other,
                          uint32_t other_value)
{
    unsigned n = 0;
    for (unsigned i = 0; i < set->count; i++)
        n += set->state[i].word[word] == value && set->state[i].word[other] == other_value;
    return n;
}

unsigned states_with(const struct state_set *set, unsigned word, uint32_t value)
{
    return states_with_both(set, word, value, word, value);
}

unsigned findings_mask(const struct explore_result *r)
{
    unsigned mask = 0;
    for (unsigned i = 0; i < r->finding_count; i++) {
        const struct finding *f = &r->finding[i].finding;
        mask |= 1u << (f->kind == FINDING_INVARIANT ? (unsigned)(f->name[5] - '0') : 16 + f->kind);
    }
    return mask;
}

unsigned random_draw(struct random *r, unsigned limit)
{
    r->state = r->state * 6364136223846793005ull + 1442695040888963407ull;
    return (unsigned)((r->state >> 33) % limit);
}
