/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the cost of exploring grows with the number of interrupt messages. */
#ifndef BENCH_MESSAGES_H
#define BENCH_MESSAGES_H

#include "bench/family.h"

enum { MESSAGES_MAX = 6 };

/* Core 1 sends `messages` IPIs of two vectors in turn to core 0, which idles with interrupts on and
 * counts them in its handlers. */
void messages_explore(unsigned messages, enum algorithm, struct instance_result *);

#endif
