/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V4: V3, and entries are written by plain stores.
 */
#include "no_barrier.h"

/* The lower half last: it says that the entry is valid. */
void __modify_irte_ga(struct amd_ir_data *ir_data)
{
    struct irte_ga *entry = &amd_irq_table[ir_data->index];

    WRITE_ONCE(entry->hi, ir_data->entry.hi);
    WRITE_ONCE(entry->lo, ir_data->entry.lo);
}
