/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sync kicks, behind the look.
 */
#include "look_first.h"
#include "sync_kicks.h"
