/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Going back: the state of a machine as copies of its arena, of what is buffered, of the memory that
 * has changed, and of the cores (core_ops). The start snapshot is one whose memory is kept by
 * sim/memory.c, so that going back to it copies only what has changed since.
 */
#include <stdlib.h>

#include "sim/grow.h"
#include "sim/machine.h"

static void save_stores(const struct machine *m, struct checkpoint *k)
{
    k->stores = 0;
    for (unsigned i = 0; i < m->cores; i++) {
        const struct store_buffer *sb = &m->state->buffer[i];
        uint32_t needed = k->stores + sb->next - sb->first;
        GROW(k->store, k->capacity, needed);
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
