/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V14: V0 without a second look at GAInt.
 */
#include "apic.h"
#include "avic_iommu.h"

void amd_iommu_int_galog_handler(void)
{
    region_enter(REGION_WAKE);
    ack_APIC_irq();
    iommu_writel(MMIO_STATUS_OFFSET, MMIO_STATUS_GALOG_INT_MASK);
    iommu_poll_ga_log();
    region_leave(REGION_WAKE);
}
