/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V21: V19, but the vCPUs are woken before the log is restarted.
 */
#include "overflow.h"

void amd_iommu_handle_galog(u32 status)
{
    take_ga_log(status);
    if (!(status & MMIO_STATUS_GALOG_OVERFLOW_MASK))
        return;
    wake_all();
    amd_iommu_restart_ga_log();
    wait_for_ga_log();
}
