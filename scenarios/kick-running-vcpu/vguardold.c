/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guard, silent, where nobody looks behind the self-kick.
 */
#define GUARD_WARNS 0
#include "guarded.h"
#include "look_first.h"
#include "sync_kicks.h"
