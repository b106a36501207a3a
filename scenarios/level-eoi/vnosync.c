/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scan does not empty PIR: what is pending there is forgotten.
 */
#include "ioapic.h"

void vcpu_scan_ioapic(struct kvm_vcpu *vcpu)
{
    unsigned long *handled = to_ioapic(vcpu)->ioapic_handled_vectors;

    for (int i = 0; i < 4; i++)
        handled[i] = 0;
    kvm_ioapic_scan_entry(vcpu, handled);
    vmx_load_eoi_exitmap(handled);
}
