/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V4n: V0n, but the poster reads mode while its ON may still be in the store buffer.
 */
#include "v4_deliver.h"
#include "needs_no_wakeup.h"
