/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A thread of core 0 that is better than that of vCPU 0. It sleeps, and in some variants an interrupt wakes it just as vCPU 0
 * is about to block.
 */
#include "sched.h"

extern union thread_union better_task;
