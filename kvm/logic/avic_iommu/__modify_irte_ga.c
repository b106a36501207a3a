/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changing an entry under fire; see amd_iommu.h.
 */
#include "amd_iommu.h"

/* The unit reads an entry at once, so it is written at once. Nobody else writes it: the comparison cannot fail. */
void __modify_irte_ga(struct amd_ir_data *ir_data)
{
    struct irte_ga *entry = &amd_irq_table[ir_data->index];
    unsigned long flags = local_irq_save();
    u64 old[2];

    raw_spin_lock(&amd_irq_table_lock);
    old[0] = entry->lo;
    old[1] = entry->hi;
    WARN_ON(!try_cmpxchg128(entry, old, ir_data->entry.lo, ir_data->entry.hi));
    raw_spin_unlock(&amd_irq_table_lock);
    local_irq_restore(flags);
}
