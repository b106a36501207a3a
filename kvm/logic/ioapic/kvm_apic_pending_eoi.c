/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Will this vCPU write an EOI for a vector that it has already? See ioapic.h.
 */
#include "ioapic.h"
#include "lapic.h"

bool kvm_apic_pending_eoi(struct kvm_vcpu *vcpu, int vector)
{
    return apic_test_vector(vcpu, APIC_ISR, vector) || apic_test_vector(vcpu, APIC_IRR, vector);
}
