/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a vCPU is, in one entry that posts to it; see amd_iommu.h.
 */
#include "amd_iommu.h"

/* Nothing is invalidated: no unit caches IsRun, Destination and GATag [AMD IOMMU p. 93], nor, AMD says, GALogIntr. */
void amd_iommu_update_ga(struct amd_ir_data *ir_data, int cpu, bool ga_log_intr)
{
    if (!ir_data->entry.guest_mode)
        return;
    set_ga(&ir_data->entry, cpu, ga_log_intr);
    __modify_irte_ga(ir_data);
}
