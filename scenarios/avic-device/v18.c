/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V18: V0, but all vCPUs are woken when a log that has overflowed runs again; GAOverflow is cleared unread all the same.
 */
#include "overflow.h"

void amd_iommu_handle_galog(u32 status)
{
    iommu_writel(MMIO_STATUS_OFFSET, MMIO_STATUS_GALOG_INT_MASK | MMIO_STATUS_GALOG_OVERFLOW_MASK);
    iommu_poll_ga_log();
    if (!(status & MMIO_STATUS_GALOG_OVERFLOW_MASK))
        return;
    amd_iommu_restart_ga_log();
    wait_for_ga_log();
    wake_all();
}
