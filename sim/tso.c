/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/tso.h"

#include <stdio.h>

#include "sim/region.h"

static const struct store *buffered(const struct store_buffer *sb, uint32_t number)
{
    return &sb->entry[number % STORE_BUFFER_MAX];
}

/* Lays the bytes of `s` that overlap [address, address+size) over `value`. */
static bool overlay(const struct store *s, uint64_t address, unsigned size, uint64_t *value)
{
    uint64_t from = s->address > address ? s->address : address;
    uint64_t to = s->address + s->size < address + size ? s->address + s->size : address + size;
    if (from >= to)
        return false;
    memcpy((uint8_t *)value + (from - address), (const uint8_t *)&s->value + (from - s->address),
           to - from);
    return true;
}

uint64_t tso_load(const struct machine *m, unsigned core, uint64_t address, unsigned size,
                  bool *forwarded)
{
    const struct store_buffer *sb = &m->state->buffer[core];
    uint64_t value = memory_read(&m->memory, address, size);
    *forwarded = false;
    for (uint32_t n = sb->first; n != sb->next; n++)
        *forwarded |= overlay(buffered(sb, n), address, size, &value);
    return value;
}

void tso_write_global(struct machine *m, uint64_t address, unsigned size, uint64_t value)
{
    memory_write(&m->memory, address, size, value);
}

void tso_store(struct machine *m, unsigned core, uint64_t address, unsigned size, uint64_t value,
               uint64_t pc)
{
    assert(size >= 1 && size <= 8);
    if (m->model == MEMORY_SC) {
        tso_write_global(m, address, size, value);
        return;
    }
    struct store_buffer *sb = &m->state->buffer[core];
    assert(!tso_full(m, core));
    bool inside = m->state->regions[core];
    uint16_t regions = inside ? (uint16_t)region_of_store(m, core, address, size) : 0;
    sb->entry[sb->next % STORE_BUFFER_MAX] =
        (struct store){address, value, pc, (uint8_t)size, regions, 0};
    sb->next++;
}

static uint64_t store_resource(unsigned core, uint32_t number)
{
    return resource_make(RES_STORE, (uint64_t)core << 32 | number);
}

void tso_next_drain(const struct machine *m, unsigned core, struct footprint *fp)
{
    const struct store_buffer *sb = &m->state->buffer[core];
    const struct store *s = buffered(sb, sb->first);
    footprint_add_order(fp, store_resource(core, sb->first));
    uint32_t memory = fp->count;
    footprint_add_memory(fp, s->address, s->size, ACCESS_WRITE, core + 1);
    for (; memory < fp->count; memory++)
        fp->access[memory].store = sb->first + 1;
    if (s->regions)
        region_next_drain(core, s, fp);
}

/* Bytes of the 8-byte cell that the store changes. */
static uint8_t bytes_in_cell(const struct store *s, uint64_t cell)
{
    uint64_t from = s->address > cell ? s->address - cell : 0;
    uint64_t to = s->address + s->size > cell ? s->address + s->size - cell : 0;
    if (from >= 8 || to == 0)
        return 0;
    to = to > 8 ? 8 : to;
    return (uint8_t)(((1u << to) - 1) & ~((1u << from) - 1));
}

void tso_next_load(const struct machine *m, unsigned core, const struct access *load,
                   struct footprint *fp)
{
    const struct store_buffer *sb = &m->state->buffer[core];
    uint64_t cell = resource_id(load->resource) << 3;
    struct access part = *load;
    uint8_t left = load->bytes;
    part.mode = ACCESS_FORWARDED;
    for (uint32_t n = sb->next; n != sb->first && left; n--) {
        part.bytes = left & bytes_in_cell(buffered(sb, n - 1), cell);
        part.store = n;
        if (part.bytes)
            footprint_add_access(fp, part);
        left &= (uint8_t)~part.bytes;
    }
    part = *load;
    part.bytes = left;
    if (left)
        footprint_add_access(fp, part);
}

void tso_drain(struct machine *m, unsigned core)
{
    struct store_buffer *sb = &m->state->buffer[core];
    assert(sb->first != sb->next);
    const struct store *s = buffered(sb, sb->first);
    if (m->record) {
        m->record->address = s->address;
        m->record->size = s->size;
        m->record->value = s->value;
        m->record->old = memory_read(&m->memory, s->address, s->size);
        m->record->pc = s->pc;
    }
    tso_write_global(m, s->address, s->size, s->value);
    sb->first++;
    if (s->leaves)
        region_drain(m, core, s);
    machine_say(m, STEP_DRAIN, "the store reaches memory");
}

void tso_order_after_drains(const struct machine *m, unsigned core, struct footprint *fp)
{
    const struct store_buffer *sb = &m->state->buffer[core];
    if (sb->next)
        footprint_add_order(fp, store_resource(core, sb->next - 1));
}

void tso_order_store(const struct machine *m, unsigned core, struct footprint *fp)
{
    const struct store_buffer *sb = &m->state->buffer[core];
    if (m->model == MEMORY_TSO) {
        footprint_add_order(fp, store_resource(core, sb->next));
        /* A full buffer makes the core wait for the drain that frees the entry. */
        if (sb->next >= STORE_BUFFER_MAX)
            footprint_add_order(fp, store_resource(core, sb->next - STORE_BUFFER_MAX));
    }
}

void tso_describe(const struct machine *m, unsigned core, char *text, size_t size)
{
    const struct store_buffer *sb = &m->state->buffer[core];
    size_t used = 0;
    text[0] = 0;
    for (uint32_t n = sb->first; n != sb->next && used + 40 < size; n++) {
        const struct store *s = buffered(sb, n);
        used += (size_t)snprintf(text + used, size - used, "%s[%#llx]=%#llx", used ? " " : "",
                                 (unsigned long long)s->address, (unsigned long long)s->value);
    }
}
