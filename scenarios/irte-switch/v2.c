/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V2: the invalidation is submitted, and nobody waits until the unit has made it.
 */
#include "iommu.h"

void qi_submit_sync(struct intel_iommu *iommu, const struct qi_desc *desc, int count)
{
    struct q_inval *qi = &iommu->qi;

    for (int i = 0; i < count; i++)
        qi->desc[(qi->free_head + i) % QI_LENGTH] = desc[i];
    qi->free_head = (qi->free_head + count) % QI_LENGTH;
    dmar_writel(DMAR_IQT_REG, qi->free_head * sizeof(struct qi_desc));
}
