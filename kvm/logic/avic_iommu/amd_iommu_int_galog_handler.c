/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interrupt of the GA log; see amd_iommu.h.
 */
#include "amd_iommu.h"
#include "apic.h"

/*
 * GAInt is cleared before the tail is read. The unit interrupts when it sets GAInt: an entry that comes later than the
 * look at the tail finds it clear, and so there is another interrupt. Some units set it again while it is being
 * cleared, and do not interrupt: hence the second look. [erratum 1312]
 */
void amd_iommu_int_galog_handler(void)
{
    region_enter(REGION_WAKE);
    ack_APIC_irq();
    while (iommu_readl(MMIO_STATUS_OFFSET) & MMIO_STATUS_GALOG_INT_MASK) {
        iommu_writel(MMIO_STATUS_OFFSET, MMIO_STATUS_GALOG_INT_MASK);
        iommu_poll_ga_log();
    }
    region_leave(REGION_WAKE);
}
