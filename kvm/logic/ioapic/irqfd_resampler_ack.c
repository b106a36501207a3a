/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The line of an assigned device after the guest's EOI; see ioapic.h.
 *
 * Who passes the device on has masked it since it raised the line, and now looks whether it still
 * wants service; that this happens in another process upstream is left out.
 */
#include "ioapic.h"

void irqfd_resampler_ack(int irq)
{
    kvm_set_irq(KVM_IRQFD_RESAMPLE_IRQ_SOURCE_ID, irq, false);
    if (device_wants_service(irq))
        kvm_set_irq(KVM_IRQFD_RESAMPLE_IRQ_SOURCE_ID, irq, true);
}
