/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As before b0a1637f64b0: the word, then the memslot of the page, which decides about faults, then the request; no lock, and
 * no check before VM entry, which came with that commit.
 */
#include "apic_page/apic_page.h"
#include "apicv/no_lock.h"

bool apic_page_wanted(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    return READ_ONCE(apic_page.memslot_enabled);
}

void kvm_apicv_assert(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
}

void kvm_set_or_clear_apicv_inhibit(int reason, bool set)
{
    unsigned long new = apicv_inhibits_with(READ_ONCE(kvm_apicv.inhibit_reasons), reason, set);

    region_enter(REGION_APICV);
    kvm_apicv_set_word(new);        /* upstream: cmpxchg, for several writers */
    WRITE_ONCE(apic_page.memslot_enabled, !new);
    if (new)
        kvm_zap_apic_page();
    kvm_make_all_cpus_request(KVM_REQ_APICV_UPDATE);
    region_leave(REGION_APICV);
}
