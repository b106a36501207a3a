/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V5n: V5 where the wake-up vector is not armed.
 */
#include "v5_block.h"
#include "needs_no_wakeup.h"
