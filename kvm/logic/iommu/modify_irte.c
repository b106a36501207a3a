/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changing an entry of the remapping table under fire; see iommu.h.
 *
 * The table is coherent with the caches of the CPUs: nothing has to be flushed.
 */
#include "irte_write.h"

/*
 * The store alone changes nothing for a unit that has the old entry in its cache. Invalidation and
 * wait come behind it: when the status word is there, every later interrupt finds the new entry.
 */
void modify_irte(struct intel_ir_data *data, const struct irte *modified)
{
    struct irte *irte = &data->iommu->ir_table[data->irte_index];
    unsigned long flags = local_irq_save();

    raw_spin_lock(&irq_2_ir_lock);
    if (irte->pst || modified->pst)
        WARN_ON(!cmpxchg_irte(irte, modified));
    else
        store_irte(irte, modified);
    qi_flush_iec(data->iommu, data->irte_index, 0);
    raw_spin_unlock(&irq_2_ir_lock);
    local_irq_restore(flags);
}
