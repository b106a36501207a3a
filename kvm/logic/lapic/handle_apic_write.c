/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A write to the virtual-APIC page that the processor has left to software; see kvm_lapic.h.
 *
 * The exit is trap-like: the page holds what was written, with its reserved bits, and RIP is behind the
 * instruction. [SDM 29.4.3.3]
 */
#include "kvm_lapic.h"

/* The id cannot be changed; the processor lets the guest write to its place in the page all the same. */
static void restore(struct kvm_lapic *apic, u32 offset)
{
    if (offset == APIC_ID)
        kvm_lapic_set_reg(apic, APIC_ID, apic->vcpu->vcpu_id << 24);
}

int handle_apic_write(struct kvm_vcpu *vcpu)
{
    struct kvm_lapic *apic = vcpu_to_lapic(vcpu);
    u32 offset = vmcs_readl(EXIT_QUALIFICATION) & 0xff0;

    restore(apic, offset);
    apic_mmio_write(apic, offset, kvm_lapic_get_reg(apic, offset));
    return 1;
}
