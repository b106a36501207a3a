/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V1n: V1, but nothing is armed for notifications.
 */
#include "needs_no_wakeup.h"
#include "notify_not_self.h"
