/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A halted guest waits in guest mode: the vCPU never blocks, it only is preempted.
 */
#include "block.h"

bool vmx_hlt_exits(void)
{
    return false;
}
