/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0n: V0, but nothing is armed for notifications: right only where nobody posts who cannot look
 * whether the vCPU sleeps.
 */
#include "needs_no_wakeup.h"
