/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/visible.h"

#include <assert.h>
#include <sys/mman.h>

#include "sim/grow.h"
#include "sim/machine.h"

static_assert((unsigned)CONTEXT_ANY_CORE == (unsigned)MACHINE_MAX_CORES,
              "a context a core and level");
static_assert(CONTEXT_DEVICES + MACHINE_MAX_DEVICES < CONTEXT_MANY, "a context a device");

void visible_init(struct visibility *v, uint64_t memory_size)
{
    v->shadow = mmap(NULL, memory_size * sizeof *v->shadow, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert(v->shadow != MAP_FAILED);
    v->size = memory_size;
}

void visible_free(struct visibility *v)
{
    munmap(v->shadow, v->size * sizeof *v->shadow);
    free(v->found_at);
}

void visible_reset(struct visibility *v, const struct visible_range *ranges, unsigned count)
{
    /* Anonymous pages come back as zeros, and few of them have been touched. */
    int rc = madvise(v->shadow, v->size * sizeof *v->shadow, MADV_DONTNEED);
    assert(rc == 0);
    (void)rc;
    v->found = v->frozen = 0;
    for (unsigned i = 0; i < count; i++)
        visible_add(v, ranges[i].address, ranges[i].size);
}

void visible_add(struct visibility *v, uint64_t address, uint64_t size)
{
    assert(address + size <= v->size);
    for (uint64_t i = address; i < address + size; i++) {
        v->frozen += !visible_is(v, i);
        v->shadow[i] = SHADOW_VISIBLE;
    }
}

static void remember(struct visibility *v, uint64_t address)
{
    GROW(v->found_at, v->found_capacity, v->found + 1);
    v->found_at[v->found++] = address;
}

/* Shared by two contexts, one of them writing, but not yet in the frozen set. */
static const uint16_t FOUND = CONTEXT_MANY | SHADOW_WRITTEN;

/* The context of both, or CONTEXT_MANY. */
static unsigned merged(unsigned a, unsigned b)
{
    if (a == b)
        return a;
    if (a >= CONTEXT_DEVICES || b >= CONTEXT_DEVICES || (a - 1) % LEVEL_COUNT != (b - 1) % LEVEL_COUNT)
        return CONTEXT_MANY;
    enum context_level level = (enum context_level)((a - 1) % LEVEL_COUNT);
    unsigned pair_a = (a - 1) / LEVEL_COUNT, pair_b = (b - 1) / LEVEL_COUNT;
    unsigned core = pair_a % (CONTEXT_ANY_CORE + 1), thread = pair_a / (CONTEXT_ANY_CORE + 1);
    if (core == pair_b % (CONTEXT_ANY_CORE + 1))
        return context_of_thread(core, CONTEXT_ANY_THREAD, level);
    if (thread && thread == pair_b / (CONTEXT_ANY_CORE + 1) && thread != CONTEXT_ANY_THREAD)
        return context_of_thread(CONTEXT_ANY_CORE, thread, level);
    return CONTEXT_MANY;
}

static uint16_t shadow_after(uint16_t s, bool write, unsigned context)
{
    uint16_t who = s & SHADOW_CONTEXT;
    uint16_t written = (uint16_t)((s & SHADOW_WRITTEN) | (write ? SHADOW_WRITTEN : 0));
    who = (uint16_t)(who ? merged(who, context) : context);
    return who | written;
}

static void find(struct visibility *v, uint64_t address)
{
    if (v->shadow[address] != FOUND)
        remember(v, address);
    v->shadow[address] = FOUND;
}

/* Does the access change nothing that is known of these bytes, none of which is visible? Alike they are most often. */
static bool is_known(const struct visibility *v, uint64_t address, unsigned size, bool write, unsigned context)
{
    uint16_t s = v->shadow[address];
    if (s & SHADOW_VISIBLE || shadow_after(s, write, context) != s)
        return false;
    return !memcmp(v->shadow + address, v->shadow + address + 1, (size - 1) * sizeof s);
}

bool visible_touch_slow(struct visibility *v, uint64_t address, unsigned size, bool write,
                        unsigned context)
{
    unsigned visible = 0;
    assert(address + size <= v->size);
    if (is_known(v, address, size, write, context))
        return false;
    for (unsigned i = 0; i < size; i++) {
        uint16_t *s = &v->shadow[address + i];
        if (*s & SHADOW_VISIBLE) {
            visible++;
            continue;
        }
        uint16_t next = shadow_after(*s, write, context);
        if (next == FOUND)
            find(v, address + i);
        else
            *s = next;
    }
    /* An access is visible as a whole: a store that waits in the buffer with bytes that their owner
     * reads past the buffer would be lost on it. */
    for (unsigned i = 0; visible && visible < size && i < size; i++)
        if (!visible_is(v, address + i))
            find(v, address + i);
    return visible;
}

bool visible_absorb(struct visibility *v)
{
    if (!v->found)
        return false;
    for (uint32_t i = 0; i < v->found; i++)
        visible_add(v, v->found_at[i], 1);
    v->found = 0;
    return true;
}

struct visible_range *visible_list(const struct visibility *v, unsigned *count)
{
    struct visible_range *ranges = NULL;
    unsigned n = 0, capacity = 0;
    GROW(ranges, capacity, 1); /* an empty set is a set, too: NULL would be none */
    for (uint64_t i = 0; i < v->size; i++) {
        while (i % 4 == 0 && i + 4 <= v->size && !shadow_four(v, i))
            i += 4; /* most of memory: nobody has touched it */
        if (i == v->size || !(v->shadow[i] & SHADOW_VISIBLE))
            continue;
        if (n && ranges[n - 1].address + ranges[n - 1].size == i) {
            ranges[n - 1].size++;
            continue;
        }
        GROW(ranges, capacity, n + 1);
        ranges[n++] = (struct visible_range){i, 1};
    }
    *count = n;
    return ranges;
}
