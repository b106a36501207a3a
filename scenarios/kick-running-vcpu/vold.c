/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loop of 5.15 with the plain store of 5.17.
 */
#include "look_first.h"
#include "self_kick.h"
