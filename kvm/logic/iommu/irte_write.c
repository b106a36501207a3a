/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Storing 128 bits where a unit may read at any time; see modify_irte().
 */
#include "irte_write.h"

/* The unit reads an entry at once, and so it has to be written. [VT-d 9.10] */
bool cmpxchg_irte(struct irte *irte, const struct irte *modified)
{
    u64 low = irte->low, high = irte->high;
    bool done;

    asm volatile("lock; cmpxchg16b %0"
                 : "+m"(*irte), "=@ccz"(done), "+a"(low), "+d"(high)
                 : "b"(modified->low), "c"(modified->high) : "memory");
    return done;
}
