/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A self-kick that nobody looks for (F2).
 */
#include "no_look.h"
#include "self_kick.h"
