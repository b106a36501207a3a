/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V17: V0 without a look at GAOverflow (before 6.4).
 */
#include "avic_iommu.h"

void amd_iommu_handle_galog(u32 status)
{
    (void)status;
    iommu_writel(MMIO_STATUS_OFFSET, MMIO_STATUS_GALOG_INT_MASK);
    iommu_poll_ga_log();
}

void amd_iommu_int_thread_galog(void)
{
    u32 status;

    while ((status = iommu_readl(MMIO_STATUS_OFFSET)) & MMIO_STATUS_GALOG_INT_MASK)
        amd_iommu_handle_galog(status);
}
