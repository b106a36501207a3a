/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The same by cmpxchg.
 */
#include "cmpxchg.h"
#include "look_first.h"
#include "sync_kicks.h"
