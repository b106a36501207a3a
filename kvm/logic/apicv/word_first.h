/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For variants: the simplification that was dropped, word first, request second; see apicv.h.
 */
#include "apicv.h"

void __kvm_set_or_clear_apicv_inhibit(int reason, bool set)
{
    unsigned long old = READ_ONCE(kvm_apicv.inhibit_reasons);
    unsigned long new = apicv_inhibits_with(old, reason, set);

    kvm_apicv_set_word(new);
    if (!!old != !!new)
        kvm_make_all_cpus_request(KVM_REQ_APICV_UPDATE);
    if (!old && new)
        kvm_zap_apic_page();
}
