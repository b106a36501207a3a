/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's EOI lowers the line, and nobody looks whether the device still wants service.
 */
#include "ioapic.h"

void irqfd_resampler_ack(int irq)
{
    kvm_set_irq(KVM_IRQFD_RESAMPLE_IRQ_SOURCE_ID, irq, false);
}
