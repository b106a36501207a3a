/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V11: V0, but nobody waits for the invalidation.
 */
#include "avic_iommu.h"

void iommu_flush_irt_and_complete(u16 devid)
{
    unsigned long flags = local_irq_save();
    u64 *command;

    raw_spin_lock(&amd_iommu.lock);
    command = amd_iommu_cmd_buf[amd_iommu.cmd_buf_tail / sizeof(amd_iommu_cmd_buf[0])];
    command[0] = CMD_INV_IRT | devid;
    command[1] = 0;
    amd_iommu.cmd_buf_tail += sizeof(amd_iommu_cmd_buf[0]);
    iommu_writel(MMIO_CMD_TAIL_OFFSET, amd_iommu.cmd_buf_tail);
    raw_spin_unlock(&amd_iommu.lock);
    local_irq_restore(flags);
}
