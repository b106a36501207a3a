/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A GA log that has overflowed begins again; see amd_iommu.h.
 */
#include "amd_iommu.h"

/* After the specification's "Guest Virtual APIC Log Restart Procedure". What overflowed is not in the log, and stays lost. */
void amd_iommu_restart_ga_log(void)
{
    if (iommu_readl(MMIO_STATUS_OFFSET) & MMIO_STATUS_GALOG_RUN_MASK)
        return;
    iommu_feature_disable(CONTROL_GALOG_EN);
    iommu_feature_disable(CONTROL_GAINT_EN);
    iommu_writel(MMIO_STATUS_OFFSET, MMIO_STATUS_GALOG_OVERFLOW_MASK);
    iommu_feature_enable(CONTROL_GAINT_EN);
    iommu_feature_enable(CONTROL_GALOG_EN);
}
