/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V1: the entry is changed and the unit's cache is not told.
 */
#include "irte_write.h"

void modify_irte(struct intel_ir_data *data, const struct irte *modified)
{
    struct irte *irte = &data->iommu->ir_table[data->irte_index];

    WARN_ON(!cmpxchg_irte(irte, modified));
}
