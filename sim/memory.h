/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The physical memory that all cores and devices share. Writes mark blocks dirty, so that going
 * back copies only what changed. There are two states to go back to: the base (set-up is done) and
 * the snapshot, a little later (each core stands before its first visible action).
 */
#ifndef SIM_MEMORY_H
#define SIM_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { MEMORY_BLOCK_SHIFT = 8 }; /* 256 bytes; 128 to 1024 differ by less than the noise */

/* A set of blocks. */
struct block_list {
    uint8_t *member; /* a flag a block */
    uint32_t *block;
    uint32_t count;
};

struct memory {
    uint8_t *ram;            /* page aligned, `size` bytes; also mapped into every core */
    uint8_t *snapshot;
    uint8_t *base;
    struct block_list dirty; /* where ram differs from snapshot */
    struct block_list early; /* where snapshot differs from base */
    uint64_t size;           /* bytes, a multiple of 4096 */
};

/* What memory held in the blocks that differed from the snapshot. */
struct memory_image {
    uint32_t count, capacity;
    uint32_t *block;
    uint8_t *bytes;
};

/* Address space around RAM that belongs to it. */
#define MEMORY_REACH_BELOW (8ull << 30)
#define MEMORY_REACH_ABOVE (8ull << 30)

void memory_init(struct memory *, uint64_t size);
void memory_free(struct memory *);

/* Zeroed pages at this distance from the beginning of RAM, outside of it; of whole pages. They are no part of what is
 * saved and restored, and last as long as the memory. */
uint8_t *memory_beside(struct memory *, int64_t offset, uint64_t size);

void memory_take_base(struct memory *); /* once */
void memory_take_snapshot(struct memory *);
void memory_restore(struct memory *);      /* to the snapshot */
void memory_restore_base(struct memory *); /* to the base; there is no snapshot then */

void memory_save(const struct memory *, struct memory_image *);
void memory_load(struct memory *, const struct memory_image *);
void memory_image_free(struct memory_image *);

/* Do these bytes, one at least, lie in memory? */
static inline bool memory_has(const struct memory *mem, uint64_t address, uint64_t size)
{
    return address < mem->size && size <= mem->size - address;
}

/* Changes all three copies. */
void memory_write_base(struct memory *, uint64_t address, const void *bytes, size_t size);

static inline void block_add(struct block_list *l, uint32_t block)
{
    if (!l->member[block]) {
        l->member[block] = 1;
        l->block[l->count++] = block;
    }
}

static inline void memory_mark(struct memory *mem, uint64_t address, unsigned size)
{
    uint32_t first = (uint32_t)(address >> MEMORY_BLOCK_SHIFT);
    uint32_t last = (uint32_t)((address + size - 1) >> MEMORY_BLOCK_SHIFT);
    for (uint32_t b = first; b <= last; b++)
        block_add(&mem->dirty, b);
}

/* Little-endian value of 1 to 8 bytes. */
static inline uint64_t memory_read(const struct memory *mem, uint64_t address, unsigned size)
{
    uint64_t value = 0;
    memcpy(&value, mem->ram + address, size);
    return value;
}

static inline void memory_write(struct memory *mem, uint64_t address, unsigned size, uint64_t value)
{
    memory_mark(mem, address, size);
    memcpy(mem->ram + address, &value, size);
}

#endif
