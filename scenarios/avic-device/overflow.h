/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a handler of the GA log's overflow can do beyond upstream's. */
#ifndef IRQWEAVE_SCENARIO_OVERFLOW_H
#define IRQWEAVE_SCENARIO_OVERFLOW_H

#include "avic_iommu.h"

/* What is in the log, with no more of the status cleared than has been read. */
static inline void take_ga_log(u32 status)
{
    iommu_writel(MMIO_STATUS_OFFSET, status & (MMIO_STATUS_GALOG_INT_MASK | MMIO_STATUS_GALOG_OVERFLOW_MASK));
    iommu_poll_ga_log();
}

/* Until GALogRun = 1 the unit writes nothing to the log. */
static inline void wait_for_ga_log(void)
{
    while (!(iommu_readl(MMIO_STATUS_OFFSET) & MMIO_STATUS_GALOG_RUN_MASK))
        cpu_relax();
}

/* Nobody knows whose entries are lost: each vCPU looks. */
static inline void wake_all(void)
{
    for (int i = 0; i < NR_VCPUS; i++)
        if (vcpu_exists(&vcpus[i]))
            kvm_vcpu_wake_up(&vcpus[i]);
}

#endif
