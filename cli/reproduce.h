/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command reproduce: one scenario with all that it found (reproduce.c), or a line for each of the tree (reproduce_all.c). */
#ifndef CLI_REPRODUCE_H
#define CLI_REPRODUCE_H

#include <jansson.h>

#include "cli/cli.h"

struct reproduction {
    const struct options *options;
    const struct scenario *scenario;
    uint64_t most_steps; /* of an exploration with the defaults, for values of knobs that are not expected to matter to be tried
                            as well; 0: they always are */
    double deadline;     /* as seconds_now(); 0: none */
};

/* One variant under both models: {"tso": ..., "sc": ...}, each as `reproduce --json` has it (docs/json.md) and with "left_out",
 * or {"error": ...}. What is safe under TSO with one value of a knob is not explored under SC. */
json_t *reproduce_both(const struct reproduction *, const struct scenario_variant *);

int reproduce_all(const struct options *);

#endif
