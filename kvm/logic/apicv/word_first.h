/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For variants: the simplification that was dropped, word first, request second; see apicv.h.
 */
#include "apicv.h"

void kvm_set_or_clear_apicv_inhibit(int reason, bool set)
{
    unsigned long old, new;

    region_enter(REGION_APICV);
    apicv_lock_write(&kvm_apicv.lock);
    old = new = READ_ONCE(kvm_apicv.inhibit_reasons);
    if (set)
        new |= BIT(reason);
    else
        new &= ~BIT(reason);
    kvm_apicv_set_word(new);
    if (!!old != !!new)
        kvm_make_all_cpus_request(KVM_REQ_APICV_UPDATE);
    if (!old && new)
        kvm_zap_apic_page();
    apicv_unlock_write(&kvm_apicv.lock);
    region_leave(REGION_APICV);
}
