/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A unit's cache of table entries of 128 bits. Plain data, for the arena.
 *
 * When an entry leaves a cache by itself is the hardware's choice. The knob `iec` has the two ends:
 * kept until it is invalidated, which is worst for software that forgets to invalidate or claims to
 * be done too early, and never kept, which is worst for software that changes an entry in several
 * stores. An entry that leaves early between two requests of one table index is in neither.
 */
#ifndef IOMMU_ENTRY_CACHE_H
#define IOMMU_ENTRY_CACHE_H

#include <stdbool.h>
#include <stdint.h>

enum { ENTRY_CACHE_MAX = 16 };

struct table_entry {
    uint64_t low, high;
};

struct entry_cache {
    struct {
        uint32_t key, valid;
        struct table_entry is;
    } entry[ENTRY_CACHE_MAX]; /* ascending by key, whoever came first */
};

bool entry_cache_find(const struct entry_cache *, uint32_t key, struct table_entry *);

/* False if there is no room. The key must not be there. */
bool entry_cache_fill(struct entry_cache *, uint32_t key, const struct table_entry *);

/* Drops the entries whose keys are the same from bit `shift` on; 32: all. */
void entry_cache_drop(struct entry_cache *, uint32_t key, unsigned shift);

#endif
