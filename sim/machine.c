/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine put together: its parts, what they reserve in the arena, what is to be checked, and where a
 * step describes itself. Its agents are in agents.c, its states in checkpoint.c, findings in finding.c.
 */
#include "sim/machine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

unsigned machine_slots(unsigned cores, unsigned devices)
{
    unsigned taken = 2 * cores + devices;
    if (taken >= MACHINE_MAX_AGENTS)
        return 0;
    unsigned slots = (MACHINE_MAX_AGENTS - taken) / (cores + devices);
    return slots < MACHINE_MAX_SLOTS ? slots : MACHINE_MAX_SLOTS;
}

struct machine *machine_new(unsigned cores, unsigned devices, uint64_t ram, size_t arena)
{
    assert(cores >= 1 && cores <= MACHINE_MAX_CORES);
    assert(devices <= MACHINE_MAX_DEVICES);
    assert(2 * cores + devices <= MACHINE_MAX_AGENTS);
    struct machine *m = calloc(1, sizeof *m);
    assert(m);
    m->cores = cores;
    m->devices = devices;
    m->slots = machine_slots(cores, devices);
    m->agents = 2 * cores + devices + (cores + devices) * m->slots;
    assert(m->agents <= MACHINE_MAX_AGENTS);
    memory_init(&m->memory, ram);
    visible_init(&m->visibility, ram);
    m->arena_size = arena + sizeof(struct machine_state) + 64 +
                    (cores + devices) * sizeof(struct message_queue) +
                    cores * sizeof(struct store_buffer);
    m->arena = calloc(1, m->arena_size);
    m->stores = calloc(cores * STORE_BUFFER_MAX, sizeof *m->stores);
    assert(m->arena && m->stores);
    m->state = machine_reserve(m, sizeof *m->state);
    m->state->queue = machine_reserve(m, (cores + devices) * sizeof *m->state->queue);
    m->state->buffer = machine_reserve(m, cores * sizeof *m->state->buffer);
    for (unsigned i = 0; i < cores; i++)
        m->state->buffer[i].entry = m->stores + i * STORE_BUFFER_MAX;
    return m;
}

void machine_free(struct machine *m)
{
    assert(!m->snapshot); /* machine_drop_snapshot(), while there are cores */
    memory_free(&m->memory);
    visible_free(&m->visibility);
    free(m->arena);
    free(m->stores);
    free(m);
}

void *machine_reserve(struct machine *m, size_t size)
{
    size_t aligned = (size + 15) & ~(size_t)15;
    assert(m->arena_used + aligned <= m->arena_size);
    void *p = m->arena + m->arena_used;
    m->arena_used += aligned;
    return p;
}

void machine_set_device(struct machine *m, unsigned index, const struct device_ops *ops,
                        void *device)
{
    assert(index < m->devices);
    m->device_ops[index] = ops;
    m->device[index] = device;
}

void machine_add_invariant(struct machine *m, const struct invariant *inv)
{
    assert(m->invariant_count < MACHINE_MAX_INVARIANTS);
    m->invariant[m->invariant_count++] = *inv;
    m->region_watch |= inv->events / EVENT_REGION_LEAVE;
}

void machine_add_obligation(struct machine *m, const struct obligation *o)
{
    assert(m->obligation_count < MACHINE_MAX_INVARIANTS);
    m->obligation[m->obligation_count++] = *o;
}

void machine_observe(struct machine *m, unsigned core)
{
    if (m->observed_core >> core & 1)
        return;
    m->observed_core |= 1u << core;
    m->observed_more = true;
}

void machine_say(struct machine *m, enum step_action action, const char *format, ...)
{
    struct step *s = m->record;
    if (!s)
        return;
    if (s->action == STEP_NONE)
        s->action = (uint8_t)action;
    size_t used = strlen(s->text);
    va_list ap;
    va_start(ap, format);
    if (used && used + 2 < STEP_TEXT)
        used += (size_t)snprintf(s->text + used, STEP_TEXT - used, "; ");
    vsnprintf(s->text + used, STEP_TEXT - used, format, ap);
    va_end(ap);
}
