/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * APIC virtualization goes on and off while a guest of the guest runs, on Intel.
 *
 * logic/apicv has the protocol, nested.h the two VMCSs. The hook writes controls into the VMCS that is current; while L2 runs that
 * is vmcs02, whose controls are L1's choice through vmcs12, and the change is about vmcs01. In upstream's names and order of steps,
 * from facts about it: the functions here are the form of 2bf889a68fba (7.0), which loads vmcs01 for the change. L2 may use L1's APIC: where vmcs12
 * asks for no virtual APIC L2's writes to the MSRs of an x2APIC leave it to L0, which does what L1's would do.
 *
 * Left out: the MMIO page of the APIC, L1 that intercepts L2's MSRs, the TPR threshold, other fields that are put off.
 */
#ifndef IRQWEAVE_KVM_LOGIC_NESTED_APICV_H
#define IRQWEAVE_KVM_LOGIC_NESTED_APICV_H

#include "apicv/apicv.h"
#include "nested.h"

#define EXIT_REASON_VMCALL  18

#define APICV_SECONDARY \
    (SECONDARY_VIRTUALIZE_X2APIC | SECONDARY_APIC_REGISTER_VIRT | SECONDARY_VIRTUAL_INTR_DELIVERY)

/* Software has ended the service of a vector for L1's APIC: SVI of vmcs01 is the highest that is left. */
void vmx_hwapic_isr_update(struct kvm_vcpu *vcpu);

/* SVI of the VMCS that is current. */
static inline void vmx_write_svi(struct kvm_vcpu *vcpu)
{
    int isr = apic_find_highest_isr(vcpu);

    vmcs_write16(GUEST_INTR_STATUS, (vmcs_read16(GUEST_INTR_STATUS) & 0xff) | (isr < 0 ? 0 : isr) << 8);
}

/* vmcs01 is current while something is done to it, whichever was before. */
static inline bool vmx_load_vmcs01(struct kvm_vcpu *vcpu)
{
    if (!is_guest_mode(vcpu))
        return false;
    vmx_switch_vmcs(vcpu, &to_nested(vcpu)->vmcs01);
    return true;
}

static inline void vmx_put_vmcs01(struct kvm_vcpu *vcpu, bool switched)
{
    if (switched)
        vmx_switch_vmcs(vcpu, &to_nested(vcpu)->vmcs02);
}

#endif
