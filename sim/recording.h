/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recordings: a run as a small JSON file, enough to run it again: what ran (scenario, variant, hash
 * of the image), under which memory model and knobs, what was visible, who stepped when, and what
 * came out. The trace is not stored; it is computed again. docs/json.md documents the format.
 */
#ifndef SIM_RECORDING_H
#define SIM_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/explore.h"
#include "sim/run_file.h"

/* 2: regions are no steps, so a position means another place than in 1. */
enum { RECORDING_VERSION = 2, RECORDING_SIZE_MAX = 16 << 20 };

struct recording {
    struct run_setup setup;
    char *schedule; /* as schedule_print() has it */
    enum verdict verdict;
    struct finding finding; /* kind FINDING_NONE: none */
};

/* Writes a new file and renames it to `path`, so that the name never holds half a recording.
 * False: one line in `error`. */
bool recording_write(const struct recording *, const char *path, char *error, size_t size);

/* Could recording_write() write there now? Leaves no trace, whatever is there stays. Only a plain
 * file is ever replaced: no device, no link. False: one line in `error`. */
bool recording_writable(const char *path, char *error, size_t size);

/* False: one line in `error`, nothing needs to be freed. Ranges are not checked against a machine:
 * run_setup_fits() does that. */
bool recording_read(struct recording *, const char *path, char *error, size_t size);

void recording_free(struct recording *);

#endif
