/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V3n: V3 where the wake-up vector is not armed: nothing stands in for the barrier.
 */
#include "v3_block.h"
#include "needs_no_wakeup.h"
