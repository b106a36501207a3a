/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The APIC's page is mapped no more; see apic_page.h.
 */
#include "apic_page/apic_page.h"

/* The count changes whether the page was mapped or not: somebody may be about to map it. */
void kvm_zap_apic_page(void)
{
    raw_spin_lock(&apic_page.mmu_lock);
    WRITE_ONCE(apic_page.mmu_invalidate_in_progress, apic_page.mmu_invalidate_in_progress + 1);
    WRITE_ONCE(apic_page.spte, 0);
    WRITE_ONCE(apic_page.mmu_invalidate_seq, apic_page.mmu_invalidate_seq + 1);
    smp_wmb();
    WRITE_ONCE(apic_page.mmu_invalidate_in_progress, apic_page.mmu_invalidate_in_progress - 1);
    raw_spin_unlock(&apic_page.mmu_lock);
}
