/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As up to 5.15.
 */
#include "cmpxchg.h"
#include "look_first.h"
#include "self_kick.h"
