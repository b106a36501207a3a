/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V4bn: V4n, and the waker has no barrier either: the waiter itself may be missed.
 */
#include "v4_deliver.h"
#include "v6_wake.h"
#include "needs_no_wakeup.h"
