/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guard as proposed.
 */
#define GUARD_WARNS 1
#include "guarded.h"
#include "self_kick.h"
