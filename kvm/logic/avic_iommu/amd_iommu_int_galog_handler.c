/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interrupt of the GA log; see amd_iommu.h.
 */
#include "amd_iommu.h"
#include "apic.h"

void amd_iommu_int_galog_handler(void)
{
    region_enter(REGION_WAKE);
    ack_APIC_irq();
    amd_iommu_int_thread_galog();
    region_leave(REGION_WAKE);
}
