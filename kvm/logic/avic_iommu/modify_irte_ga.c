/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changing what the unit may have cached of an entry; see amd_iommu.h.
 */
#include "amd_iommu.h"

void modify_irte_ga(struct amd_ir_data *ir_data)
{
    __modify_irte_ga(ir_data);
    iommu_flush_irt_and_complete(ir_data->devid);
}
