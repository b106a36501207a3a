/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a step touches. The explorer decides from footprints alone which steps may be exchanged:
 * two steps conflict if they share a resource, at least one changes it, and the exchange of the
 * two can be observed. It knows nothing else of the machine.
 */
#ifndef SIM_FOOTPRINT_H
#define SIM_FOOTPRINT_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

enum resource_kind {
    RES_MEMORY,    /* id: physical address / 8; `bytes` says which of the eight                */
    RES_STORE,     /* id: core, number of the store in program order; store -> drain -> fence  */
    RES_MESSAGE,   /* id: source, slot; send -> arrival -> next send through that slot. Or number,
                      source; arrival -> the step that waits for it                            */
    RES_INTR,      /* id: core; what the core can be interrupted by                            */
    RES_INBOUND,   /* id: core; the set of messages in flight to that core                     */
    RES_REGION,    /* id: core, region; control points that invariants read                    */
    RES_INVARIANT, /* id: invariant; changed by each step that can change what it reads        */
    RES_CONTROL,   /* id: core, unit; model state of a core that others can ask for            */
    RES_DEVICE,    /* id: device                                                               */
    RES_CONSOLE,   /* id: 0; the text that cores have written                                  */
};

enum access_mode {
    ACCESS_READ,
    ACCESS_WRITE,
    ACCESS_ACCUMULATE, /* changes that commute with each other: a bit set in IRR, a message added */
    ACCESS_FORWARDED,  /* a load from the own store buffer: no access to memory yet. It counts as a
                          read at the moment at which the store that it saw reaches memory */
};

struct access {
    uint64_t resource;
    uint8_t bytes; /* mask of bytes for RES_MEMORY, 0xff otherwise */
    uint8_t mode;
    uint8_t unit;  /* nonzero: accesses of the same unit to the same memory do not conflict */
    uint8_t order; /* an edge that no schedule can reverse (a drain never precedes its store) */
    uint32_t store; /* of a drain and of a forwarded load: number of the store, from 1; otherwise 0 */
};

enum { FOOTPRINT_MAX = 64 };

struct footprint {
    uint32_t events; /* named events of this step, at which invariants are evaluated */
    bool conditional; /* what it touches may depend on the values that it finds */
    uint32_t count;
    struct access access[FOOTPRINT_MAX];
};

static inline uint64_t resource_make(enum resource_kind kind, uint64_t id)
{
    return (uint64_t)kind << 56 | id;
}

static inline uint64_t region_resource(unsigned core, unsigned region)
{
    return resource_make(RES_REGION, (uint64_t)core << 8 | region);
}

static inline enum resource_kind resource_kind(uint64_t resource)
{
    return (enum resource_kind)(resource >> 56);
}

static inline uint64_t resource_id(uint64_t resource)
{
    return resource & ((1ull << 56) - 1);
}

static inline void footprint_clear(struct footprint *fp)
{
    fp->events = 0;
    fp->conditional = false;
    fp->count = 0;
}

static inline void footprint_add_access(struct footprint *fp, struct access a)
{
    assert(fp->count < FOOTPRINT_MAX);
    fp->access[fp->count++] = a;
}

static inline void footprint_add(struct footprint *fp, uint64_t resource, enum access_mode mode)
{
    footprint_add_access(fp, (struct access){resource, 0xff, (uint8_t)mode, 0, 0, 0});
}

static inline void footprint_add_order(struct footprint *fp, uint64_t resource)
{
    footprint_add_access(fp, (struct access){resource, 0xff, ACCESS_WRITE, 0, 1, 0});
}

/* Adds an access to `size` bytes of physical memory at `address`; it may cross 8-byte cells. */
void footprint_add_memory(struct footprint *fp, uint64_t address, unsigned size,
                          enum access_mode mode, unsigned unit);

static inline bool access_conflicts(const struct access *a, const struct access *b)
{
    if (a->resource != b->resource || !(a->bytes & b->bytes))
        return false;
    if (a->unit && a->unit == b->unit)
        return false;
    if (a->mode == ACCESS_FORWARDED || b->mode == ACCESS_FORWARDED)
        return false;
    return a->mode != b->mode || a->mode == ACCESS_WRITE;
}

/* The load `a` was forwarded from the store whose drain has these accesses: from now on it is a read.
 * False if it was not, and stays what it is. */
bool accesses_drain(const struct access *drain, uint32_t count, struct access *a);

/* Does any access of the one step conflict with any of the other? */
static inline bool accesses_conflict(const struct access *a, uint32_t a_count,
                                     const struct access *b, uint32_t b_count)
{
    for (uint32_t i = 0; i < a_count; i++)
        for (uint32_t j = 0; j < b_count; j++)
            if (access_conflicts(&a[i], &b[j]))
                return true;
    return false;
}

static inline bool footprint_conflicts(const struct footprint *a, const struct footprint *b)
{
    return accesses_conflict(a->access, a->count, b->access, b->count);
}

#endif
