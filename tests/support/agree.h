/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does every reduced exploration of a small program with interrupts reach what plain DFS reaches
 * that takes no boundary for immaterial?
 */
#ifndef TESTS_SUPPORT_AGREE_H
#define TESTS_SUPPORT_AGREE_H

#include "tests/support/interrupts.h"
#include "tests/support/pair.h"

enum agreement { AGREES, DIFFERS, TOO_LARGE }; /* the last: for DFS within `limit` executions */

/* `reached`: the states and findings, by DFS; they are those of all unless `text` says which
 * algorithm differs. */
enum agreement agree_with_dfs(struct program *, unsigned limit, struct state_set *reached,
                              char *text, size_t size);

/* Random programs, one after the other on one machine for each seed. */
struct drawing {
    struct pair machine;                                    /* all but the code of its cores */
    void (*vary)(struct pair *, struct random *);           /* machine and model of a seed */
    void (*draw)(struct random *, struct code code[2]);     /* a program */
    unsigned seeds, programs, limit;                        /* of a seed; of executions */
};

/* Compares them for the seeds from `first` on; returns how many were small enough for DFS. `text` is
 * empty unless it says where they differ. */
unsigned agree_on_random(const struct drawing *, uint64_t first, char *text, size_t size);

#endif
