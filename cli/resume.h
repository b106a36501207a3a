/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Explorations that end before they are done: what they leave in a file, and how to go on. */
#ifndef CLI_RESUME_H
#define CLI_RESUME_H

#include "cli/cli.h"
#include "cli/run.h"
#include "sim/frontier.h"

/* Reads the file of --resume into `f` and writes "SCENARIO:VARIANT" to `name`. False: `error`. */
bool resume_read(struct frontier *f, const struct options *, char name[200], char *error);

/* Sets the session up as the file says. False: it belongs to another program or image. */
bool resume_configure(struct frontier *, struct session *, const char *path, char *error);

/* Will there be a place to leave the rest? Only a file named on the line can be wrong. */
bool leave_possible(const struct options *, char *error);

/* Writes what is left of the run, and one line that says how to go on. `path` (free it) is where, or
 * NULL. False: `error` says why not. */
bool leave_write(const struct run *, const struct options *, char **path, char *error);

/* From now on SIGINT and SIGTERM end the exploration in order. A second one ends the process at once,
 * or (in a process of another one, which passes it on) says the same again. */
const volatile sig_atomic_t *leave_on_signals(bool second_ends);

#endif
