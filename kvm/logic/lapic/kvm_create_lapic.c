/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An APIC for a vCPU, as behind a reset; see kvm_lapic.h. [SDM 10.4.7.1, 10.12.5.1]
 */
#include "kvm_lapic.h"

/* Version 15h, seven entries, suppression of EOI broadcasts: as the host's (docs/model). */
#define APIC_VERSION    0x01060015

struct kvm_lapic lapics[NR_VCPUS];

static void kvm_apic_set_ids(struct kvm_lapic *apic, u32 id)
{
    if (!apic_x2apic_mode(apic)) {
        kvm_lapic_set_reg(apic, APIC_ID, id << 24);
        return;
    }
    kvm_lapic_set_reg(apic, APIC_ID, id);
    kvm_lapic_set_reg(apic, APIC_LDR, (id >> 4) << 16 | 1u << (id & 0xf));
}

static void kvm_lapic_reset(struct kvm_lapic *apic)
{
    for (u32 offset = 0; offset < 0x400; offset += 0x10)
        kvm_lapic_set_reg(apic, offset, 0);
    kvm_apic_set_ids(apic, apic->vcpu->vcpu_id);
    kvm_lapic_set_reg(apic, APIC_LVR, APIC_VERSION);
    kvm_lapic_set_reg(apic, APIC_DFR, 0xffffffff);
    apic_set_spiv(apic, 0xff);          /* disabled, so that it masks all entries */
    update_divide_count(apic, 0);
}

void kvm_create_lapic(struct kvm_vcpu *vcpu, bool x2apic, enum apic_virtualization virtualization)
{
    struct kvm_lapic *apic = vcpu_to_lapic(vcpu);

    *apic = (struct kvm_lapic) { .vcpu = vcpu, .x2apic = x2apic, .virtualization = virtualization };
    kvm_lapic_reset(apic);
    vmx_set_virtual_apic_mode(vcpu);
}
