/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x86-TSO memory: one FIFO store buffer a core, forwarding to the own loads, drains as steps of
 * an agent of their own (SDM vol. 3, 8.2; Owens, Sarkar, Sewell 2009). Under SC stores go to
 * memory at once. What drains a buffer is decided by the core (cpu/): it waits until it is empty.
 */
#ifndef SIM_TSO_H
#define SIM_TSO_H

#include "sim/machine.h"

static inline bool tso_empty(const struct machine *m, unsigned core)
{
    const struct store_buffer *sb = &m->state->buffer[core];
    return sb->first == sb->next;
}

static inline unsigned tso_count(const struct machine *m, unsigned core)
{
    const struct store_buffer *sb = &m->state->buffer[core];
    return sb->next - sb->first;
}

static inline bool tso_full(const struct machine *m, unsigned core)
{
    return tso_count(m, core) == STORE_BUFFER_MAX;
}

/* What core `core` sees: memory under the stores of its own buffer. Sets *forwarded if any byte
 * came from the buffer. */
uint64_t tso_load(const struct machine *, unsigned core, uint64_t address, unsigned size,
                  bool *forwarded);

/* A store of 1 to 8 bytes of the core. */
void tso_store(struct machine *, unsigned core, uint64_t address, unsigned size, uint64_t value,
               uint64_t pc);

/* Memory, changed for all at once: a locked operation, a device. */
void tso_write_global(struct machine *, uint64_t address, unsigned size, uint64_t value);

/* Adds a load's access: bytes that the core's own buffer would supply now are forwarded. */
void tso_next_load(const struct machine *, unsigned core, const struct access *,
                   struct footprint *);

void tso_next_drain(const struct machine *, unsigned core, struct footprint *);
void tso_drain(struct machine *, unsigned core);

/* Edges of a step that waits for the empty buffer, or that puts a store into it. */
void tso_order_after_drains(const struct machine *, unsigned core, struct footprint *);
void tso_order_store(const struct machine *, unsigned core, struct footprint *);

/* "x=1 y=2" for the timeline: address, size and value of each buffered store. */
void tso_describe(const struct machine *, unsigned core, char *text, size_t size);

#endif
