/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A reason against APICv comes or goes; see apicv.h.
 */
#include "apicv.h"

/*
 * If that turns APICv on or off: the request first, and the wait, so that no vCPU runs its guest any
 * more; then the word. Who serves the request meanwhile waits for the lock. In the other order a vCPU
 * between its last look at requests and its VM entry would find that word and its own bit differ.
 */
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
    if (!!old != !!new)
        kvm_make_all_cpus_request(KVM_REQ_APICV_UPDATE);
    kvm_apicv_set_word(new);
    if (!old && new)
        kvm_zap_apic_page();
    apicv_unlock_write(&kvm_apicv.lock);
    region_leave(REGION_APICV);
}
