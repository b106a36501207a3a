/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scripts of this project that build something on the user's machine. */
#ifndef CLI_SCRIPT_H
#define CLI_SCRIPT_H

#include <stddef.h>

/*
 * Runs "sh script[0] script[1] ..." to its end (the last pointer is NULL), with the caller's standard error. `line` gets the
 * first line of its standard output, "" if there is none. Returns its exit code, or -1 if it did not run or a signal ended it.
 */
int script_run(const char *const *script, char *line, size_t size);

#endif
