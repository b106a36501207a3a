/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The narrow waist: what explorers, replays and samples see of a machine. Agents by number, which of
 * them can step, what the next step of one will touch, and the step. Each kind of agent answers for
 * itself; here is only who is asked.
 */
#include <stdio.h>

#include "sim/machine.h"
#include "sim/message.h"
#include "sim/tso.h"
#include "sim/watch.h"

enum agent_kind agent_kind_of(const struct machine *m, agent_id a, unsigned *index)
{
    assert(a < m->agents);
    if (a < m->cores) {
        *index = a;
        return AGENT_CORE;
    }
    a -= m->cores;
    if (a < m->cores) {
        *index = a;
        return AGENT_BUFFER;
    }
    a -= m->cores;
    *index = a < m->devices ? a : a - m->devices;
    return a < m->devices ? AGENT_DEVICE : AGENT_MESSAGE;
}

agent_id agent_of_buffer(const struct machine *m, unsigned core)
{
    return m->cores + core;
}

agent_id agent_of_device(const struct machine *m, unsigned device)
{
    return 2 * m->cores + device;
}

agent_id agent_of_message(const struct machine *m, unsigned source, uint32_t number)
{
    return 2 * m->cores + m->devices + source * m->slots + number % m->slots;
}

static const char *device_name(const struct machine *m, unsigned device)
{
    const struct device_ops *ops = m->device_ops[device];
    return ops && ops->name ? ops->name : "IOMMU";
}

void agent_name(const struct machine *m, agent_id a, char *text, size_t size)
{
    unsigned i;
    switch (agent_kind_of(m, a, &i)) {
    case AGENT_CORE:
        snprintf(text, size, "CPU%u", i);
        break;
    case AGENT_BUFFER:
        snprintf(text, size, "SB%u", i);
        break;
    case AGENT_DEVICE:
        snprintf(text, size, "%s%u", device_name(m, i), i);
        break;
    case AGENT_MESSAGE: {
        unsigned source = i / m->slots;
        bool core = source < m->cores;
        snprintf(text, size, "IPI %s%u#%u", core ? "CPU" : device_name(m, source - m->cores),
                 core ? source : source - m->cores,
                 m->state->queue[source].slot[i % m->slots].number);
        break;
    }
    }
}

bool agent_enabled(struct machine *m, agent_id a)
{
    unsigned i;
    switch (agent_kind_of(m, a, &i)) {
    case AGENT_CORE:
        return m->core_ops->enabled(m->cpu, i);
    case AGENT_BUFFER:
        return !tso_empty(m, i);
    case AGENT_DEVICE:
        return m->device_ops[i]->enabled(m->device[i]);
    default:
        return message_enabled(m, i / m->slots, i % m->slots);
    }
}

static uint64_t enabled_messages(const struct machine *m)
{
    uint64_t mask = 0;
    for (unsigned s = 0; s < m->cores + m->devices; s++) {
        const struct message_queue *q = &m->state->queue[s];
        if (!q->in_flight)
            continue;
        for (unsigned i = 0; i < m->slots; i++)
            if (q->slot[i].in_flight && message_enabled(m, s, i))
                mask |= 1ull << agent_of_message(m, s, i);
    }
    return mask;
}

uint64_t machine_enabled(struct machine *m)
{
    uint64_t mask = enabled_messages(m) | m->core_ops->enabled_cores(m->cpu);
    for (unsigned i = 0; i < m->cores; i++)
        mask |= (uint64_t)!tso_empty(m, i) << agent_of_buffer(m, i);
    for (unsigned i = 0; i < m->devices; i++)
        if (m->device_ops[i]->enabled(m->device[i]))
            mask |= 1ull << agent_of_device(m, i);
    return mask;
}

void agent_next(struct machine *m, agent_id a, struct footprint *fp)
{
    unsigned i;
    footprint_clear(fp);
    switch (agent_kind_of(m, a, &i)) {
    case AGENT_CORE:
        m->core_ops->next(m->cpu, i, fp);
        break;
    case AGENT_BUFFER:
        tso_next_drain(m, i, fp);
        break;
    case AGENT_DEVICE:
        m->device_ops[i]->next(m->device[i], fp);
        break;
    case AGENT_MESSAGE:
        message_next_arrival(m, i / m->slots, i % m->slots, fp);
        break;
    }
    if (m->invariant_count)
        watch_step(m, a, fp);
}

void agent_step(struct machine *m, agent_id a)
{
    unsigned i;
    footprint_clear(&m->tail);
    if (m->record) {
        memset(m->record, 0, sizeof *m->record);
        m->record->agent = (uint8_t)a;
        m->record->address = ~0ull;
    }
    switch (agent_kind_of(m, a, &i)) {
    case AGENT_CORE:
        m->core_ops->step(m->cpu, i);
        break;
    case AGENT_BUFFER:
        tso_drain(m, i);
        break;
    case AGENT_DEVICE:
        m->device_ops[i]->step(m->device[i]);
        break;
    case AGENT_MESSAGE:
        message_arrive(m, i / m->slots, i % m->slots);
        break;
    }
}
