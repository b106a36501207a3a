/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As vmerged, with the cmpxchg of 5.16.
 */
#include "cmpxchg.h"
#include "self_kick.h"
