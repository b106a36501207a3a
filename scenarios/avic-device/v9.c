/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V9: V0, but Destination stays what it was when the entry was made.
 */
#include "avic_iommu.h"

void amd_iommu_update_ga(struct amd_ir_data *ir_data, int cpu, bool ga_log_intr)
{
    if (!ir_data->entry.guest_mode)
        return;
    ir_data->entry.is_run = cpu >= 0;
    ir_data->entry.ga_log_intr = cpu < 0 && ga_log_intr;
    __modify_irte_ga(ir_data);
}
