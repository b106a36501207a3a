/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making the unit forget an entry that it may have cached; see iommu.h.
 */
#include "iommu.h"

void qi_flush_iec(struct intel_iommu *iommu, int index, int mask)
{
    struct qi_desc desc = {
        .qw0 = QI_IEC_TYPE | QI_IEC_SELECTIVE | QI_IEC_IIDEX(index) | QI_IEC_IM(mask),
    };

    qi_submit_sync(iommu, &desc, 1);
}
