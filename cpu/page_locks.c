/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stores in Unicorn 2.0 without a detour that was a fifth of all instructions of a sample of avic-ring. To Unicorn every
 * page of RAM may hold code, so at each store it collects the pages that the store reaches in a balanced tree, as if to
 * lock them against other threads. It has none: nothing is locked, and the tree is freed again behind the store.
 *
 * The two functions below bear the names of those that do this. A program's symbol comes before a library's, and
 * Unicorn calls even its own functions by their symbols, so these are called instead. Code that a store changes is
 * looked for and forgotten as before (tests/page_locks.c). Where Unicorn has been linked so that it does not ask for
 * symbols of its own, nothing is lost but time.
 */
#include "cpu/page_locks.h"

static char nothing_locked;
static uint64_t calls;

/* Unicorn hands what it gets from the one to the other, and looks at it nowhere else. */
void *page_collection_lock_x86_64(void *uc, uint64_t start, uint64_t end)
{
    (void)uc;
    (void)start;
    (void)end;
    calls++;
    return &nothing_locked;
}

void page_collection_unlock_x86_64(void *collection)
{
    (void)collection;
}

uint64_t page_locks_left_out(void)
{
    return calls;
}
