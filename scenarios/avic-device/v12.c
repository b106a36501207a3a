/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V12: V0, but GAInt is cleared behind the look at the log.
 */
#include "apic.h"
#include "avic_iommu.h"

void amd_iommu_int_galog_handler(void)
{
    region_enter(REGION_WAKE);
    ack_APIC_irq();
    iommu_poll_ga_log();
    iommu_writel(MMIO_STATUS_OFFSET, MMIO_STATUS_GALOG_INT_MASK);
    region_leave(REGION_WAKE);
}
