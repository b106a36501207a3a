/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries stay in guest mode when AVIC goes off, and say that the vCPU does not run.
 */
#include "toggle.h"

static void toggle(struct amd_ir_data *ir_data, int cpu)
{
    amd_iommu_update_ga(ir_data, cpu, false);
}
