/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V10: V0 without the invalidation of an entry that has changed its form.
 */
#include "avic_iommu.h"

void modify_irte_ga(struct amd_ir_data *ir_data)
{
    __modify_irte_ga(ir_data);
}
