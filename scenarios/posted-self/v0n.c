/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0n: V0, but nothing is armed for notifications, as for a VM none of whose devices is posted.
 */
#include "needs_no_wakeup.h"
#include "notify_wakes.h"
