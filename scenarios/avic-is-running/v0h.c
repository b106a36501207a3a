/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0h: as in Linux 5.17 and 5.18; the vCPU is preempted behind its wait, when there is no waiter any more and IsRunning is
 * not set yet.
 */
#include "avic/hooks_5_17.h"
#include "avic/preemptible_wait.h"

static void before_waiter(void)
{
}

static void behind_waiter(void)
{
    preempted_here();
}
