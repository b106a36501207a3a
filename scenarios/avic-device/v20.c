/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V20: V19, but the log is not restarted.
 */
#include "overflow.h"

void amd_iommu_handle_galog(u32 status)
{
    take_ga_log(status);
    if (status & MMIO_STATUS_GALOG_OVERFLOW_MASK)
        wake_all();
}
