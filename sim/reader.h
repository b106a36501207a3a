/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Complaints about a file that is read: one line that begins with its path. */
#ifndef SIM_READER_H
#define SIM_READER_H

#include <stdbool.h>
#include <stddef.h>

/* Where complaints go, and about what file. */
struct reader {
    const char *path;
    char *error;
    size_t size;
};

/* Always false, so that a check can return it. */
bool refuse(const struct reader *, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
