/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What entries to a guest and exits from it have in common, whoever's extension it is. */
#include "cpu/core.h"

void core_enter_guest(struct core *c, const struct guest_contexts *g)
{
    struct core_state *s = c->state;
    s->host_levels = s->level_count;
    core_push_level(c, LEVEL_GUEST, 0); /* no IRET ends it */
    for (unsigned i = 0; i < g->count; i++)
        core_push_level(c, (enum context_level)g->level[i], g->frame[i]);
    for (unsigned i = 0; i <= g->count; i++)
        s->entering[s->host_levels + 1 + i] = g->entering[i];
}

void core_leave_guest(struct core *c, struct guest_contexts *g)
{
    struct core_state *s = c->state;
    unsigned host = s->host_levels;
    assert(s->level_count > host);
    assert(s->level[host] == LEVEL_GUEST);
    g->count = (uint8_t)(s->level_count - host - 1);
    assert(g->count < CORE_LEVELS);
    for (unsigned i = 0; i < g->count; i++) {
        g->level[i] = s->level[host + 1 + i];
        g->frame[i] = s->level_frame[host + 1 + i];
    }
    for (unsigned i = 0; i <= g->count; i++)
        g->entering[i] = s->entering[host + 1 + i];
    s->level_count = (uint8_t)host;
}

void core_set_shadow(struct core *c, unsigned shadow)
{
    assert(!(shadow & ~(unsigned)(SHADOW_STI | SHADOW_MOV_SS)));
    c->state->shadow = c->state->shadow_next = (uint8_t)shadow;
}

unsigned core_would_drain(const struct core *c, enum knob which)
{
    return c->m->model == MEMORY_TSO && c->m->knobs.value[which] == 0 ? POINT_DRAINED : 0;
}

/* Also with an empty buffer: an equivalent execution may come here before its drains. */
unsigned core_drain_flag(struct core *c, enum knob which)
{
    if (c->m->model == MEMORY_TSO)
        knob_value(&c->m->knobs, which);
    return core_would_drain(c, which);
}

uint64_t core_interrupted_rip(const struct core *c)
{
    const struct delivery *d = &c->exec.delivering;
    return d->valid ? d->return_rip - d->length : c->exec.pc;
}

void core_not_modelled(struct core *c, const char *what)
{
    machine_find(c->m, FINDING_LIMIT, "", "CPU%u: %s at %#llx: not modelled", c->id, what,
                 (unsigned long long)c->exec.pc);
    core_end(c);
}
