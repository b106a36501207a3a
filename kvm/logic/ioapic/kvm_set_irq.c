/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line of the I/O APIC goes up or down; see ioapic.h.
 */
#include "ioapic.h"

struct kvm_ioapic kvm_ioapic;
struct ioapic_vcpu ioapic_vcpus[NR_VCPUS];

static bool irq_line_state(unsigned long *state, int irq_source_id, bool level)
{
    if (level)
        *state |= BIT(irq_source_id);
    else
        *state &= ~BIT(irq_source_id);
    return *state != 0;
}

void kvm_set_irq(int irq_source_id, int irq, bool level)
{
    struct kvm_ioapic *ioapic = &kvm_ioapic;

    raw_spin_lock(&ioapic->lock);
    note_value("line: %u", level);
    ioapic_set_irq(ioapic, irq, irq_line_state(&ioapic->irq_states[irq], irq_source_id, level));
    raw_spin_unlock(&ioapic->lock);
}
