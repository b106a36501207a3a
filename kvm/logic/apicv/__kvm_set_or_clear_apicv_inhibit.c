/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps in which a reason against APICv comes or goes, in their order; see apicv.h.
 */
#include "apicv.h"

/*
 * If that turns APICv on or off: the request first, and the wait, so that no vCPU runs its guest any
 * more; then the word. Who serves the request meanwhile waits for the lock. In the other order a vCPU
 * between its last look at requests and its VM entry would find that word and its own bit differ.
 */
void __kvm_set_or_clear_apicv_inhibit(int reason, bool set)
{
    unsigned long old = READ_ONCE(kvm_apicv.inhibit_reasons);
    unsigned long new = apicv_inhibits_with(old, reason, set);

    if (!!old != !!new)
        kvm_make_all_cpus_request(KVM_REQ_APICV_UPDATE);
    kvm_apicv_set_word(new);
    if (!old && new)
        kvm_zap_apic_page();
}
