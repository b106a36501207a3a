/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The page is zapped before the word says that it shall not be mapped: a fault in between maps it again.
 */
#include "apic_page/apic_page.h"

void __kvm_set_or_clear_apicv_inhibit(int reason, bool set)
{
    unsigned long old = READ_ONCE(kvm_apicv.inhibit_reasons);
    unsigned long new = apicv_inhibits_with(old, reason, set);

    if (!!old != !!new)
        kvm_make_all_cpus_request(KVM_REQ_APICV_UPDATE);
    if (!old && new)
        kvm_zap_apic_page();
    kvm_apicv_set_word(new);
}
