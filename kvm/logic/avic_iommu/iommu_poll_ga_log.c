/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Taking what is in the GA log; see amd_iommu.h.
 */
#include "amd_iommu.h"

/* An entry is read before the head passes it: behind the head the unit may write again. */
void iommu_poll_ga_log(void)
{
    u32 head = iommu_readl(MMIO_GA_HEAD_OFFSET);
    u32 tail = iommu_readl(MMIO_GA_TAIL_OFFSET);

    while (head != tail) {
        u64 entry = READ_ONCE(amd_iommu_ga_log[head / GA_ENTRY_SIZE]);

        head = (head + GA_ENTRY_SIZE) % GA_LOG_SIZE;
        iommu_writel(MMIO_GA_HEAD_OFFSET, head);
        if (GA_REQ_TYPE(entry) == GA_GUEST_NR)
            WARN_ON(avic_ga_log_notifier(GA_TAG(entry)));
    }
}
