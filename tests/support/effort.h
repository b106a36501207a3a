/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How much of a long search is done. A sanitizer looks for other mistakes than the search does; and a run of
 * mutants repeats everything for each of them.
 */
#ifndef TESTS_SUPPORT_EFFORT_H
#define TESTS_SUPPORT_EFFORT_H

#include <criterion/criterion.h>
#include <stdlib.h>

#ifdef __SANITIZE_ADDRESS__
enum { UNDER_SANITIZER = 1 };
#else
enum { UNDER_SANITIZER = 0 };
#endif

/* How often a random search is repeated. */
static inline unsigned effort(unsigned repetitions)
{
    return UNDER_SANITIZER ? (repetitions + 3) / 4 : repetitions;
}

/* Where another case has run the same code under the sanitizer already: this ends the case as skipped. */
static inline void skip_under_sanitizer(const char *what)
{
    if (UNDER_SANITIZER)
        cr_skip_test("%s runs the code of another case", what);
}

/* Explorations of many seconds run in release, unless IRQWEAVE_SKIP_LARGE is set: elsewhere this ends the
 * case as skipped. */
static inline void skip_large(const char *what)
{
    if (UNDER_SANITIZER || getenv("IRQWEAVE_SKIP_LARGE"))
        cr_skip_test("%s is too large here", what);
}

#endif
