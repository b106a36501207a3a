/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries stay as they are when AVIC goes off: in guest mode, with IsRun.
 */
#include "toggle.h"

static void toggle(struct amd_ir_data *ir_data, int cpu)
{
    (void)ir_data;
    (void)cpu;
}
