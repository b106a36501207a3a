/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V6: as in Linux 4.14.
 */
#include "not_told.h"
#include "undone.h"
