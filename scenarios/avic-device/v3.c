/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V3: V0 without the barrier between IsRun and the last look at IRR.
 */
#include "no_barrier.h"
