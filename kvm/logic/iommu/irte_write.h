/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by modify_irte() and variants of it. */
#ifndef IRQWEAVE_KVM_LOGIC_IRTE_WRITE_H
#define IRQWEAVE_KVM_LOGIC_IRTE_WRITE_H

#include "iommu.h"

/* Replaces the entry at once; false if somebody else has changed it meanwhile. */
bool cmpxchg_irte(struct irte *irte, const struct irte *modified);

/* Two stores: enough as long as only one half changes, or the device is quiet. */
static inline void store_irte(struct irte *irte, const struct irte *modified)
{
    WRITE_ONCE(irte->low, modified->low);
    WRITE_ONCE(irte->high, modified->high);
}

#endif
