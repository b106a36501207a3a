/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a misspelt name probably means, for error messages. */
#ifndef SIM_NEAREST_H
#define SIM_NEAREST_H

#include <stddef.h>

/* The candidate with the smallest edit distance to `name`; if none is near, the first that begins
 * with it, or NULL. */
const char *nearest_name(const char *name, const char *const *candidates, unsigned count);

/* "did you mean 'sleep'? there are source, sleep, dfs", without the question if none is near; as many of
 * them as there is room for. */
void nearest_advise(char *text, size_t size, const char *name, const char *const *candidates,
                    unsigned count);

#endif
