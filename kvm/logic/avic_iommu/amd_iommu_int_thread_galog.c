/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What there is in the GA log, and what comes meanwhile; see amd_iommu.h.
 */
#include "amd_iommu.h"

/* Some units set GAInt again while it is being cleared, and do not interrupt: hence the look behind each round. [erratum 1312] */
void amd_iommu_int_thread_galog(void)
{
    u32 status;

    while ((status = iommu_readl(MMIO_STATUS_OFFSET)) & (MMIO_STATUS_GALOG_INT_MASK | MMIO_STATUS_GALOG_OVERFLOW_MASK))
        amd_iommu_handle_galog(status);
}
