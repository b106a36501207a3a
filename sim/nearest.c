/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The known name that a misspelt one probably means. */
#include "sim/nearest.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { NAME_MAX_LENGTH = 63 };

static unsigned smallest(unsigned a, unsigned b, unsigned c)
{
    unsigned least = a < b ? a : b;
    return least < c ? least : c;
}

/* Levenshtein distance without regard to case. */
static unsigned edit_distance(const char *a, const char *b)
{
    size_t columns = strnlen(b, NAME_MAX_LENGTH);
    unsigned row[NAME_MAX_LENGTH + 1];
    for (size_t j = 0; j <= columns; j++)
        row[j] = (unsigned)j;
    for (size_t i = 0; i < strnlen(a, NAME_MAX_LENGTH); i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i + 1;
        for (size_t j = 0; j < columns; j++) {
            unsigned same = strncasecmp(a + i, b + j, 1) ? 1 : 0;
            unsigned above = row[j + 1];
            row[j + 1] = smallest(diagonal + same, above + 1, row[j] + 1);
            diagonal = above;
        }
    }
    return row[columns];
}

/* "V4" for "V4-cpu": too short to be near, and yet the beginning of it. */
static const char *first_that_begins_with(const char *name, const char *const *candidates,
                                          unsigned count)
{
    for (unsigned i = 0; *name && i < count; i++)
        if (!strncasecmp(candidates[i], name, strlen(name)))
            return candidates[i];
    return NULL;
}

const char *nearest_name(const char *name, const char *const *candidates, unsigned count)
{
    const char *best = NULL;
    unsigned best_distance = (unsigned)strnlen(name, NAME_MAX_LENGTH) / 2 + 1;
    for (unsigned i = 0; i < count; i++) {
        unsigned distance = edit_distance(name, candidates[i]);
        if (distance < best_distance) {
            best_distance = distance;
            best = candidates[i];
        }
    }
    return best ? best : first_that_begins_with(name, candidates, count);
}

void nearest_advise(char *text, size_t size, const char *name, const char *const *candidates,
                    unsigned count)
{
    const char *near = nearest_name(name, candidates, count);
    size_t used = 0;
    text[0] = 0;
    if (near)
        used = (size_t)snprintf(text, size, "did you mean '%s'? ", near);
    for (unsigned i = 0; i < count && used < size; i++) {
        size_t room = size - used, rest = i + 1 < count ? sizeof ", ..." : 1;
        if (strlen(candidates[i]) + sizeof "there are" + rest > room) {
            snprintf(text + used, room, "%s...", i ? ", " : "there are ");
            return;
        }
        used += (size_t)snprintf(text + used, room, "%s%s", i ? ", " : "there are ", candidates[i]);
    }
}
