/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V1: V0, but a vCPU that blocks does not ask for the log: GALogIntr stays clear.
 */
#include "avic_iommu.h"

void amd_iommu_update_ga(struct amd_ir_data *ir_data, int cpu, bool ga_log_intr)
{
    (void)ga_log_intr;
    if (!ir_data->entry.guest_mode)
        return;
    set_ga(&ir_data->entry, cpu, false);
    __modify_irte_ga(ir_data);
}
