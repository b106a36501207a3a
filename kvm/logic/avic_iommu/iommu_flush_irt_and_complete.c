/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making the unit forget entries that it may have cached; see amd_iommu.h.
 */
#include "amd_iommu.h"

/* Left out: waiting for room. Each caller waits for its own commands, so there is room. */
static void iommu_queue_command_sync(u64 low, u64 high)
{
    u64 *command = amd_iommu_cmd_buf[amd_iommu.cmd_buf_tail / sizeof(amd_iommu_cmd_buf[0])];

    command[0] = low;
    command[1] = high;
    amd_iommu.cmd_buf_tail = (amd_iommu.cmd_buf_tail + sizeof(amd_iommu_cmd_buf[0])) % sizeof(amd_iommu_cmd_buf);
    iommu_writel(MMIO_CMD_TAIL_OFFSET, amd_iommu.cmd_buf_tail);
}

static void wait_on_sem(u64 data)
{
    while (READ_ONCE(amd_iommu_cmd_sem) != data)
        cpu_relax();
}

void iommu_flush_irt_and_complete(u16 devid)
{
    unsigned long flags = local_irq_save();
    u64 data;

    raw_spin_lock(&amd_iommu.lock);
    data = ++amd_iommu.cmd_sem_val;
    iommu_queue_command_sync(CMD_INV_IRT | devid, 0);
    iommu_queue_command_sync(CMD_COMPL_WAIT | CMD_COMPL_WAIT_STORE | __pa(&amd_iommu_cmd_sem), data);
    wait_on_sem(data);
    raw_spin_unlock(&amd_iommu.lock);
    local_irq_restore(flags);
}
