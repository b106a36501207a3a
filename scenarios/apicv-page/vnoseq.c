/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A zap leaves the sequence count alone, as before edb298c663fc: a fault that is under way does not notice it.
 */
#include "apic_page/apic_page.h"

void kvm_zap_apic_page(void)
{
    raw_spin_lock(&apic_page.mmu_lock);
    WRITE_ONCE(apic_page.spte, 0);
    raw_spin_unlock(&apic_page.mmu_lock);
}
