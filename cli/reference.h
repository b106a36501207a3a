/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A schedule with what it belongs to, as one line for a mail:
 *
 *     posted-delivery:V1-cpu/tso#1a2b3c4d c0@106.1 c1@49.2 b0 c0@148.3
 *     SCENARIO:VARIANT/MEMORY[/KNOB=VALUE ...][/MUTATION][#IMAGE] CHOICE ...
 *
 * Knobs that have their default are left out. MUTATION, as `irqweave audit` names it (lock@ffffffff80101234), is what the
 * code was without. IMAGE is the first half of the image's hash; without
 * it any image is tried.
 */
#ifndef CLI_REFERENCE_H
#define CLI_REFERENCE_H

#include "scenarios/session.h"
#include "sim/run_file.h"

struct reference {
    char name[128]; /* SCENARIO:VARIANT */
    enum memory_model model;
    struct knobs knobs;
    char mutation[MUTATION_KEY]; /* "": none */
    bool has_image;
    uint32_t image;
    const char *choices; /* the rest of the line, in the caller's text */
};

/* A fresh string (free it). */
char *reference_print(const struct session *, const struct schedule *);

/* False: one line in `error` (SCENARIO_ERROR). */
bool reference_parse(struct reference *, const char *text, char *error);

/* Is the session's image the one that the line was printed for? */
bool reference_matches(const struct reference *, const struct session *, char *error);

/* Is it the one that the file at `path` was "recorded with", "left by an exploration of" (`made`)? */
bool image_matches(const struct run_setup *, const struct session *, const char *path,
                   const char *made, char *error);

static inline uint32_t reference_image(const struct session *s)
{
    return (uint32_t)(s->image.hash >> 32);
}

#endif
