/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/machine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/message.h"
#include "sim/tso.h"

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
    m->region_watch |= inv->events >> 8;
}

void machine_add_obligation(struct machine *m, const struct obligation *o)
{
    assert(m->obligation_count < MACHINE_MAX_INVARIANTS);
    m->obligation[m->obligation_count++] = *o;
}

/* ---- Going back ---- */

static void save_stores(const struct machine *m, struct checkpoint *k)
{
    k->stores = 0;
    for (unsigned i = 0; i < m->cores; i++) {
        const struct store_buffer *sb = &m->state->buffer[i];
        uint32_t needed = k->stores + sb->next - sb->first;
        if (needed > k->capacity) {
            k->capacity = 2 * needed;
            k->store = realloc(k->store, k->capacity * sizeof *k->store);
            assert(k->store);
        }
        for (uint32_t n = sb->first; n != sb->next; n++)
            k->store[k->stores++] = sb->entry[n % STORE_BUFFER_MAX];
    }
}

/* The arena says already what is buffered. */
static void load_stores(struct machine *m, const struct checkpoint *k)
{
    const struct store *s = k->store;
    for (unsigned i = 0; i < m->cores; i++) {
        struct store_buffer *sb = &m->state->buffer[i];
        for (uint32_t n = sb->first; n != sb->next; n++)
            sb->entry[n % STORE_BUFFER_MAX] = *s++;
    }
}

static void save_models(struct machine *m, struct checkpoint *k)
{
    memcpy(k->arena, m->arena, m->arena_used);
    save_stores(m, k);
    m->core_ops->save(m->cpu, k->cores);
}

static void load_models(struct machine *m, const struct checkpoint *k)
{
    memcpy(m->arena, k->arena, m->arena_used);
    load_stores(m, k);
    m->core_ops->restore(m->cpu, k->cores);
}

void machine_take_snapshot(struct machine *m)
{
    if (!m->snapshot) {
        m->snapshot = malloc(sizeof *m->snapshot);
        assert(m->snapshot);
        checkpoint_init(m, m->snapshot);
    }
    memory_take_snapshot(&m->memory);
    save_models(m, m->snapshot);
}

void machine_restore(struct machine *m)
{
    memory_restore(&m->memory);
    load_models(m, m->snapshot);
}

void machine_drop_snapshot(struct machine *m)
{
    if (m->snapshot)
        checkpoint_free(m, m->snapshot);
    free(m->snapshot);
    m->snapshot = NULL;
}

void checkpoint_init(struct machine *m, struct checkpoint *k)
{
    *k = (struct checkpoint){.arena = malloc(m->arena_used)};
    assert(k->arena);
    k->cores = m->core_ops->image_new(m->cpu);
}

void checkpoint_free(struct machine *m, struct checkpoint *k)
{
    memory_image_free(&k->memory);
    free(k->arena);
    free(k->store);
    m->core_ops->image_free(m->cpu, k->cores);
}

void checkpoint_take(struct machine *m, struct checkpoint *k)
{
    memory_save(&m->memory, &k->memory);
    save_models(m, k);
}

void checkpoint_restore(struct machine *m, const struct checkpoint *k)
{
    memory_load(&m->memory, &k->memory);
    load_models(m, k);
}

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
        snprintf(text, size, "IOMMU%u", i);
        break;
    case AGENT_MESSAGE: {
        unsigned source = i / m->slots;
        bool core = source < m->cores;
        snprintf(text, size, "IPI %s%u#%u", core ? "CPU" : "IOMMU",
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
        if (!q->sent)
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

static bool writes_range(const struct footprint *fp, const struct visible_range *r)
{
    for (uint32_t i = 0; i < fp->count; i++) {
        const struct access *a = &fp->access[i];
        bool writes = a->mode != ACCESS_READ && a->mode != ACCESS_FORWARDED;
        if (resource_kind(a->resource) != RES_MEMORY || !writes)
            continue;
        uint64_t cell = resource_id(a->resource) << 3;
        if (cell < r->address + r->size && r->address < cell + 8)
            return true;
    }
    return false;
}

void machine_observe(struct machine *m, unsigned core)
{
    if (m->observed_core >> core & 1)
        return;
    m->observed_core |= 1u << core;
    m->observed_more = true;
}

/* Steps that can change what an invariant of every step reads conflict with each other. */
static void add_invariants(struct machine *m, struct footprint *fp)
{
    for (unsigned k = 0; k < m->invariant_count; k++) {
        struct invariant *inv = &m->invariant[k];
        for (unsigned r = 0; inv->every_step && r < inv->range_count; r++) {
            if (writes_range(fp, &inv->ranges[r])) {
                footprint_add(fp, resource_make(RES_INVARIANT, k), ACCESS_WRITE);
                break;
            }
        }
    }
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
        add_invariants(m, fp);
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

static bool already_found(const struct machine *m, enum finding_kind kind, const char *name)
{
    for (uint32_t i = 0; i < m->state->finding_count; i++)
        if (m->state->finding[i].kind == kind && !strcmp(m->state->finding[i].name, name))
            return true;
    return false;
}

void machine_find(struct machine *m, enum finding_kind kind, const char *name, const char *format,
                  ...)
{
    if (already_found(m, kind, name))
        return;
    if (kind == FINDING_LIMIT)
        m->state->bounds |= BOUND_MODEL;
    if (m->state->finding_count == MACHINE_MAX_FINDINGS) {
        m->state->dropped |= 1ull << finding_bit(m, kind, name);
        return;
    }
    struct finding *f = &m->state->finding[m->state->finding_count++];
    f->kind = kind;
    snprintf(f->name, sizeof f->name, "%s", name);
    va_list ap;
    va_start(ap, format);
    vsnprintf(f->message, sizeof f->message, format, ap);
    va_end(ap);
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
