/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which bytes of memory are visible, that is, reachable by two contexts of which one writes.
 * Nothing is declared: each access is noted with its context, and a byte that a second context
 * reaches joins the visible set. The set in force is frozen during an exploration; what an
 * execution finds beyond it is collected, and the exploration starts again with the larger set,
 * so that the verdict is as if it had been visible all along.
 *
 * A context is (core, nesting level) or a device; see enum context_level. Read-only sharing stays
 * invisible: no order of reads can be told apart.
 *
 * Where the code under test has a scheduler that says which of its threads runs, a context of a
 * thread, or of a guest in it, is (core, thread, level). Two of one level are one if they have the core
 * in common, as without a scheduler, or the thread: what belongs to a thread stays private wherever
 * the thread goes. The accesses that hand the thread over order what it did here and there, so
 * no order of its private accesses could be another one; that rests on the scheduler.
 */
#ifndef SIM_VISIBLE_H
#define SIM_VISIBLE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum context_level {
    LEVEL_THREAD,
    LEVEL_INTERRUPT,
    LEVEL_INTERRUPT_NESTED,
    LEVEL_NMI,
    LEVEL_DEEP, /* nested in a context of its own kind: no context of its own, see core_context() */
    LEVEL_GUEST,
    LEVEL_GUEST_INTERRUPT,
    LEVEL_GUEST_INTERRUPT_NESTED,
    LEVEL_COUNT,
};

enum {
    CONTEXT_ANY_CORE = 32, /* one of these where several have been seen, never both */
    CONTEXT_ANY_THREAD = 16,
    CONTEXT_THREADS = 16, /* threads are numbered from 1; 0: no scheduler, or no thread's context */
    CONTEXT_DEVICES = 1 + (CONTEXT_ANY_THREAD + 1) * (CONTEXT_ANY_CORE + 1) * LEVEL_COUNT,
    CONTEXT_MANY = 0x3fff,
    SHADOW_CONTEXT = 0x3fff,
    SHADOW_WRITTEN = 0x4000,
    SHADOW_VISIBLE = 0x8000, /* in the frozen set */
};

struct visible_range {
    uint64_t address; /* physical */
    uint64_t size;
};

struct visibility {
    uint16_t *shadow; /* one for each byte of memory */
    uint64_t size;
    uint8_t *page;   /* a flag for each 4096 bytes: some of them have been in the frozen set since the last reset */
    bool tracking;   /* off during set-up: set-up shares nothing */
    uint32_t frozen; /* bytes in the frozen set */
    uint32_t found;  /* bytes found beyond it ... */
    uint64_t *found_at; /* ... and where */
    uint32_t found_capacity;
};

static inline unsigned context_of_thread(unsigned core, unsigned thread, enum context_level level)
{
    return 1 + (thread * (CONTEXT_ANY_CORE + 1) + core) * LEVEL_COUNT + level;
}

static inline unsigned context_of_core(unsigned core, enum context_level level)
{
    return context_of_thread(core, 0, level);
}

static inline unsigned context_of_device(unsigned device)
{
    return CONTEXT_DEVICES + device;
}

void visible_init(struct visibility *, uint64_t memory_size);
void visible_free(struct visibility *);

/* Forgets all accesses and makes exactly the bytes of `ranges` visible. */
void visible_reset(struct visibility *, const struct visible_range *ranges, unsigned count);

/* Adds a range to the frozen set (invariants and devices always see their memory). */
void visible_add(struct visibility *, uint64_t address, uint64_t size);

/* Moves what was found into the frozen set; true if there was anything. */
bool visible_absorb(struct visibility *);

/* The frozen set as sorted, disjoint ranges in memory of the caller (free it); never NULL, however
 * few. */
struct visible_range *visible_list(const struct visibility *, unsigned *count);

bool visible_touch_slow(struct visibility *, uint64_t address, unsigned size, bool write,
                        unsigned context);

/* The shadows of four bytes, and what they are if all are the same. */
static inline uint64_t shadow_four(const struct visibility *v, uint64_t address)
{
    uint64_t seen;
    memcpy(&seen, v->shadow + address, sizeof seen);
    return seen;
}

static inline uint64_t shadow_all(unsigned one)
{
    return one * 0x0001000100010001ull;
}

/*
 * Notes an access of `context`; true if any byte of it is visible. Most accesses are of four or eight
 * bytes that are all visible, or belong to this context, or are read by many and written by nobody.
 */
static inline bool visible_touch(struct visibility *v, uint64_t address, unsigned size, bool write,
                                 unsigned context)
{
    if (!v->tracking)
        return false;
    if (size == 4 || size == 8) {
        uint64_t seen = shadow_four(v, address);
        bool alike = size == 4 || seen == shadow_four(v, address + 4);
        bool known = seen == shadow_all(context | SHADOW_WRITTEN) ||
                     (!write && (seen == shadow_all(context) || seen == shadow_all(CONTEXT_MANY)));
        if (alike && (known || seen == shadow_all(SHADOW_VISIBLE)))
            return !known;
    }
    return visible_touch_slow(v, address, size, write, context);
}

static inline bool visible_is(const struct visibility *v, uint64_t address)
{
    return v->shadow[address] & SHADOW_VISIBLE;
}

#endif
