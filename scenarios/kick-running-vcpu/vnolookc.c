/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The same by cmpxchg: it does not help.
 */
#include "cmpxchg.h"
#include "no_look.h"
#include "self_kick.h"
