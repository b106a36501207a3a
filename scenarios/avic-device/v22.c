/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V22: V19, but nobody waits for GALogRun before the vCPUs are woken.
 */
#include "overflow.h"

void amd_iommu_handle_galog(u32 status)
{
    take_ga_log(status);
    if (!(status & MMIO_STATUS_GALOG_OVERFLOW_MASK))
        return;
    amd_iommu_restart_ga_log();
    wake_all();
}
