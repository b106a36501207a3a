/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arrays that grow as they are filled: to twice their size, so that filling one takes linear time. */
#ifndef SIM_GROW_H
#define SIM_GROW_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* How many elements to make room for where `needed` do not fit into `capacity`. */
static inline uint32_t grown(uint32_t capacity, uint32_t needed)
{
    enum { AT_LEAST = 16 };
    assert(capacity < needed && needed <= UINT32_MAX / 2); /* twice as many can still be counted */
    uint32_t larger = capacity ? 2 * capacity : AT_LEAST;
    return larger > needed ? larger : needed;
}

/* The array, in memory for `count` elements of `size` bytes; without memory nothing can go on. */
static inline void *resized(void *array, size_t count, size_t size)
{
    void *larger = realloc(array, count * size);
    assert(larger);
    return larger;
}

/* Room for `needed` elements in an array that has a capacity of its own. */
#define GROW(array, capacity, needed)                                     \
    do {                                                                  \
        if ((needed) > (capacity)) {                                      \
            (capacity) = grown((capacity), (needed));                     \
            (array) = resized((array), (capacity), sizeof *(array));      \
        }                                                                 \
    } while (0)

#endif
