/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers as MSRs of x2APIC mode: reserved bits and accesses that are not offered fault; see
 * kvm_lapic.h. [SDM 10.12.1.2]
 */
#include "kvm_lapic.h"

static u32 offset_of(u32 msr)
{
    return (msr - APIC_BASE_MSR) << 4;
}

static const struct lapic_register *find(struct kvm_lapic *apic, u32 msr, u8 access)
{
    const struct lapic_register *reg = NULL;

    if (apic_x2apic_mode(apic))
        reg = kvm_lapic_find_reg(apic, offset_of(msr));
    return reg && (reg->access & access) ? reg : NULL;
}

/* The ICR alone has 64 bits: the destination is its high dword. */
int kvm_x2apic_msr_read(struct kvm_vcpu *vcpu, u32 msr, u64 *data)
{
    struct kvm_lapic *apic = vcpu_to_lapic(vcpu);

    if (!find(apic, msr, REG_READ))
        return 1;
    *data = kvm_lapic_reg_read(apic, offset_of(msr));
    if (offset_of(msr) == APIC_ICR)
        *data |= (u64)kvm_lapic_get_reg(apic, APIC_ICR + 4) << 32;
    return 0;
}

static int kvm_x2apic_icr_write(struct kvm_lapic *apic, u64 data)
{
    kvm_lapic_set_reg(apic, APIC_ICR, data & ~APIC_ICR_BUSY);
    kvm_lapic_set_reg(apic, APIC_ICR + 4, data >> 32);
    kvm_apic_send_ipi(apic, data, data >> 32);
    return 0;
}

int kvm_x2apic_msr_write(struct kvm_vcpu *vcpu, u32 msr, u64 data)
{
    struct kvm_lapic *apic = vcpu_to_lapic(vcpu);
    const struct lapic_register *reg = find(apic, msr, REG_WRITE);
    bool icr = offset_of(msr) == APIC_ICR;

    if (!reg || ((u32)data & ~reg->bits) || (!icr && data >> 32))
        return 1;
    if (icr)
        return kvm_x2apic_icr_write(apic, data);
    kvm_lapic_reg_write(apic, offset_of(msr), data);
    return 0;
}
