/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V3: two stores of 64 bits instead of one locked exchange of 128.
 */
#include "irte_write.h"

void modify_irte(struct intel_ir_data *data, const struct irte *modified)
{
    store_irte(&data->iommu->ir_table[data->irte_index], modified);
    qi_flush_iec(data->iommu, data->irte_index, 0);
}
