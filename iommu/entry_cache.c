/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Caches of table entries. Sorted, so that it is the same state whoever came first. */
#include "iommu/entry_cache.h"

#include <assert.h>
#include <string.h>

bool entry_cache_find(const struct entry_cache *c, uint32_t key, struct table_entry *found)
{
    for (unsigned i = 0; i < ENTRY_CACHE_MAX; i++)
        if (c->entry[i].valid && c->entry[i].key == key) {
            *found = c->entry[i].is;
            return true;
        }
    return false;
}

bool entry_cache_fill(struct entry_cache *c, uint32_t key, const struct table_entry *is)
{
    unsigned at = 0;
    if (c->entry[ENTRY_CACHE_MAX - 1].valid)
        return false;
    while (c->entry[at].valid && c->entry[at].key < key)
        at++;
    assert(!c->entry[at].valid || c->entry[at].key != key);
    memmove(&c->entry[at + 1], &c->entry[at], (ENTRY_CACHE_MAX - 1 - at) * sizeof *c->entry);
    c->entry[at].key = key;
    c->entry[at].valid = 1;
    c->entry[at].is = *is;
    return true;
}

void entry_cache_drop(struct entry_cache *c, uint32_t key, unsigned shift)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < ENTRY_CACHE_MAX; i++)
        if (c->entry[i].valid && ((uint64_t)c->entry[i].key ^ key) >> shift)
            c->entry[kept++] = c->entry[i];
    memset(&c->entry[kept], 0, (ENTRY_CACHE_MAX - kept) * sizeof *c->entry);
}
