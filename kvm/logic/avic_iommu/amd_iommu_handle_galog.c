/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One round of amd_iommu_handle_irq() with the GA log; see amd_iommu.h.
 */
#include "amd_iommu.h"

/*
 * GAInt is cleared before the tail is read. The unit interrupts when it sets GAInt: an entry that comes later than the
 * look at the tail finds it clear, and so there is another interrupt. As upstream has it GAOverflow is cleared with it, whether
 * it was read or not: what that leads to is in scenarios/avic-device/README.md.
 */
void amd_iommu_handle_galog(u32 status)
{
    iommu_writel(MMIO_STATUS_OFFSET, MMIO_STATUS_GALOG_INT_MASK | MMIO_STATUS_GALOG_OVERFLOW_MASK);
    iommu_poll_ga_log();
    if (status & MMIO_STATUS_GALOG_OVERFLOW_MASK)
        amd_iommu_restart_ga_log();
}
