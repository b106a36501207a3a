/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V13: V0, but the head goes to where the tail is then, not behind what has been read.
 */
#include "avic_iommu.h"

void iommu_poll_ga_log(void)
{
    u32 head = iommu_readl(MMIO_GA_HEAD_OFFSET);
    u32 tail = iommu_readl(MMIO_GA_TAIL_OFFSET);

    for (; head != tail; head = (head + GA_ENTRY_SIZE) % GA_LOG_SIZE)
        avic_ga_log_notifier(GA_TAG(READ_ONCE(amd_iommu_ga_log[head / GA_ENTRY_SIZE])));
    iommu_writel(MMIO_GA_HEAD_OFFSET, iommu_readl(MMIO_GA_TAIL_OFFSET));
}
