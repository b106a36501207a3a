/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Storing 128 bits where a unit may read at any time; see modify_irte().
 */
#include "irte_write.h"

/* The unit reads an entry at once, and so it has to be written. [VT-d 9.10] */
bool cmpxchg_irte(struct irte *irte, const struct irte *modified)
{
    const u64 old[2] = { irte->low, irte->high };

    return try_cmpxchg128(irte, old, modified->low, modified->high);
}
