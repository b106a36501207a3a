/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Linux trees that have been built as the code under test, in the user's cache (docs/linux.md). */
#ifndef CLI_KERNEL_H
#define CLI_KERNEL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* $XDG_CACHE_HOME/irqweave/linux, else $HOME/.cache/irqweave/linux. False if neither is an absolute path. */
bool kernel_cache(char *path, size_t size);

/* What FOLDER/kernel.json says: new, or NULL with one line in `error`. */
json_t *kernel_load(const char *folder, char *error, size_t size);

/* Two lines: where it comes from; what it is. */
void kernel_print(const json_t *kernel);

int kernel_list_main(int argc, char **argv);

#endif
