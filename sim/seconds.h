/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wall-clock time, for bounds and progress lines; nothing that is explored depends on it. */
#ifndef SIM_SECONDS_H
#define SIM_SECONDS_H

#include <time.h>

static inline double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#endif
