/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often a long random search is repeated: a sanitizer looks for other mistakes than the search does. */
#ifndef TESTS_SUPPORT_EFFORT_H
#define TESTS_SUPPORT_EFFORT_H

static inline unsigned effort(unsigned repetitions)
{
#ifdef __SANITIZE_ADDRESS__
    return (repetitions + 3) / 4;
#else
    return repetitions;
#endif
}

#endif
