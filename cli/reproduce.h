/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command reproduce: one scenario with all that it found (reproduce.c), or a line for each of the tree (reproduce_all.c). */
#ifndef CLI_REPRODUCE_H
#define CLI_REPRODUCE_H

#include <jansson.h>

#include "cli/cli.h"

struct reproduction {
    const struct options *options;
    const struct scenario *scenario;
    bool brief;          /* no pictures; a violation is explored until what is expected has been found; values of knobs ... */
    uint64_t most_steps; /* ... that are not expected to matter are left out where the defaults need more steps */
    double deadline;     /* as seconds_now(); 0: none */
};

/* One variant under a model, as `reproduce --json` has it (docs/json.md), in brief with "left_out"; or {"error": ...}. */
json_t *reproduce_one(const struct reproduction *, const struct scenario_variant *, enum memory_model);

/* Both models: {"tso": ..., "sc": ...}, or {"error": ...}. What is safe under TSO is not explored under SC; where that goes
 * for the defaults, "implied" stands for what the exploration would have said. */
json_t *reproduce_both(const struct reproduction *, const struct scenario_variant *);

int reproduce_all(const struct options *);

#endif
