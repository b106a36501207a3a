/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0f: as in Linux 5.17 and 5.18. The waiter alone says that a vCPU blocks, and the vCPU is preempted before there is one.
 */
#include "avic/hooks_5_17.h"
#include "avic/preemptible_wait.h"

static void before_waiter(void)
{
    preempted_here();
}

static void behind_waiter(void)
{
}
