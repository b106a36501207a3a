/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stores in Unicorn without its collection of the pages that they reach; nobody has to call anything. */
#ifndef CPU_PAGE_LOCKS_H
#define CPU_PAGE_LOCKS_H

#include <stdint.h>

/* Unicorn's own names. What comes out of the first goes into the second. */
void *page_collection_lock_x86_64(void *uc, uint64_t start, uint64_t end);
void page_collection_unlock_x86_64(void *collection);

/* How often a store has done without. */
uint64_t page_locks_left_out(void);

#endif
