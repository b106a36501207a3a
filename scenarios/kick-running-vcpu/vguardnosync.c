/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guard, silent, where the loop does not sync: the kick that it skips was for ON.
 */
#define GUARD_WARNS 0
#include "guarded.h"
#include "no_sync.h"
#include "self_kick.h"
