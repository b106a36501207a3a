/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A write to the virtual-APIC page that the processor has left to software; see ipiv.h.
 *
 * After Intel SDM vol. 3, "APIC-Write VM Exits" (29.4.3.3): the exit is trap-like. The page holds the
 * value, and RIP is behind the instruction, so there is nothing to skip.
 */
#include "ipiv/ipiv.h"

int handle_apic_write(struct kvm_vcpu *vcpu)
{
    u32 offset = vmcs_readl(EXIT_QUALIFICATION) & 0xff0;

    if (offset != APIC_ICR) {
        note_value("unexpected APIC write, offset %#x", offset);
        BUG();
    }
    kvm_apic_send_ipi(vcpu, *(u64 *)(vcpu->apic_regs + APIC_ICR));
    return 1;
}
