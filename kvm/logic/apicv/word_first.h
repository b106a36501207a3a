/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For variants: the simplification that was dropped, word first, request second; see apicv.h.
 */
#include "apicv.h"

void kvm_set_or_clear_apicv_inhibit(int reason, bool set)
{
    unsigned long old, new;

    apicv_lock_write(&kvm_apicv.lock);
    old = new = READ_ONCE(kvm_apicv.inhibit_reasons);
    if (set)
        new |= BIT(reason);
    else
        new &= ~BIT(reason);
    WRITE_ONCE(kvm_apicv.inhibit_reasons, new);
    if (!!old != !!new)
        kvm_make_all_cpus_request(KVM_REQ_APICV_UPDATE);
    apicv_unlock_write(&kvm_apicv.lock);
}
