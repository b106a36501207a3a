/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frontier files: what is left of an interrupted exploration, and all that was found until then, as
 * JSON (docs/json.md). Tasks that were under way are as if they had not begun, so whoever goes on
 * arrives at the counts of an exploration that was not interrupted.
 */
#ifndef SIM_FRONTIER_H
#define SIM_FRONTIER_H

#include "sim/partition.h"
#include "sim/run_file.h"

enum { FRONTIER_VERSION = 1, FRONTIER_SIZE_MAX = 1 << 30 };

struct frontier {
    struct run_setup setup; /* its visible set is that of the partition */
    char *program;          /* version of the program that wrote it */
    enum algorithm algorithm;
    uint64_t max_steps;
    struct partition partition;
    char *schedule[2 * EXPLORE_MAX_FINDINGS]; /* of its findings, then of those known */
};

/* The setup's visible set is not looked at. False: one line in `error`. */
bool frontier_write(const struct frontier *, const struct machine *, const char *path, char *error,
                    size_t size);

/* Schedules, ranges and agents are not checked against a machine: frontier_fit() does that. */
bool frontier_read(struct frontier *, const char *path, char *error, size_t size);

/* False: `error` says what the machine does not have. */
bool frontier_fit(struct frontier *, const struct machine *, char *error, size_t size);

void frontier_free(struct frontier *);

#endif
