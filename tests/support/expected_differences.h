/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines in which two transcripts of one check program may differ: the table in the chapter
 * "Differences" of docs/bochs.md,
 *
 *     | program | irqweave | Bochs | times | why |
 *
 * with the lines in backquotes; spaces at their beginning do not count. A row stands for as many lines as it
 * says, neither more nor fewer: another difference of the same text is an error.
 */
#ifndef TESTS_SUPPORT_EXPECTED_DIFFERENCES_H
#define TESTS_SUPPORT_EXPECTED_DIFFERENCES_H

#include <stdbool.h>

enum { DIFFERENCE_CELL = 240, DIFFERENCE_MAX = 128 };

struct difference {
    char program[DIFFERENCE_CELL], ours[DIFFERENCE_CELL], theirs[DIFFERENCE_CELL];
    char why[DIFFERENCE_CELL * 4];
    unsigned times; /* that the two lines stand against each other */
    unsigned met;   /* so far */
};

struct differences {
    unsigned count;
    struct difference row[DIFFERENCE_MAX];
};

/* NULL, or which row is wrong. */
const char *differences_read(struct differences *, const char *path);

/*
 * Compares line by line. NULL, or the first lines that differ although the table does not say so, or
 * the row of this program that is out of date.
 */
const char *differences_judge(struct differences *, const char *program, const char *ours,
                              const char *theirs);

#endif
