/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V19: V18, and no more of the status is cleared than has been read.
 */
#include "overflow.h"

void amd_iommu_handle_galog(u32 status)
{
    take_ga_log(status);
    if (!(status & MMIO_STATUS_GALOG_OVERFLOW_MASK))
        return;
    amd_iommu_restart_ga_log();
    wait_for_ga_log();
    wake_all();
}
