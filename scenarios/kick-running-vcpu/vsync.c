/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sync kicks, and the look comes behind it.
 */
#include "sync_kicks.h"
