/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As merged; an EOI exit is a bug here, because no level-triggered line is ever raised.
 */
#include "ioapic.h"

int handle_apic_eoi_induced(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    note_value("EOI exit for %#x", vmcs_readl(EXIT_QUALIFICATION));
    BUG();
}
