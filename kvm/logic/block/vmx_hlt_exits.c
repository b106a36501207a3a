/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does the guest's HLT exit? See block.h. Upstream's default; a VM may be told to keep it inside.
 */
#include "block.h"

bool vmx_hlt_exits(void)
{
    return true;
}
