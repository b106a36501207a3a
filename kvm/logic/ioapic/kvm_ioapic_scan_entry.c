/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Vectors whose EOI concerns the I/O APIC, for one vCPU; see ioapic.h.
 */
#include "ioapic.h"

/*
 * Level-triggered entries that send to this vCPU; and those that did when they sent what is still
 * pending or in service here: that EOI must be seen, too. An EOI of an edge means nothing to us.
 */
void kvm_ioapic_scan_entry(struct kvm_vcpu *vcpu, unsigned long *ioapic_handled_vectors)
{
    raw_spin_lock(&kvm_ioapic.lock);
    for (int index = 0; index < IOAPIC_NUM_PINS; index++) {
        union kvm_ioapic_redirect_entry *e = &kvm_ioapic.redirtbl[index];
        int vector = e->fields.vector;

        if (e->fields.trig_mode != IOAPIC_LEVEL_TRIG)
            continue;
        if ((int)e->fields.dest_id == vcpu->vcpu_id || kvm_apic_pending_eoi(vcpu, vector))
            ioapic_handled_vectors[vector / 64] |= BIT(vector % 64);
    }
    raw_spin_unlock(&kvm_ioapic.lock);
}
