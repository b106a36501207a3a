/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RDMSR and WRMSR of the guest that exit: the APIC's, its base and its deadline; see kvm_lapic.h.
 */
#include "kvm_lapic.h"

#define GPR_RAX 0
#define GPR_RCX 1
#define GPR_RDX 2

static bool is_x2apic_msr(u32 msr)
{
    return msr >= APIC_BASE_MSR && msr < APIC_BASE_MSR + 0x100;
}

static int refuse(u32 msr)
{
    note_value("MSR %#x of the guest is not emulated", msr);
    BUG();
}

static int complete(struct kvm_vcpu *vcpu, int fault)
{
    if (fault)
        kvm_inject_gp(vcpu);
    else
        skip_emulated_instruction(vcpu);
    return 1;
}

int handle_rdmsr(struct kvm_vcpu *vcpu)
{
    u32 msr = vcpu->gprs[GPR_RCX];
    u64 data = 0;
    int fault = 0;

    if (is_x2apic_msr(msr))
        fault = kvm_x2apic_msr_read(vcpu, msr, &data);
    else if (msr == MSR_TSC_DEADLINE)
        data = kvm_get_lapic_tscdeadline_msr(vcpu);
    else
        refuse(msr);
    if (!fault) {
        vcpu->gprs[GPR_RAX] = (u32)data;
        vcpu->gprs[GPR_RDX] = data >> 32;
    }
    return complete(vcpu, fault);
}

int handle_wrmsr(struct kvm_vcpu *vcpu)
{
    u32 msr = vcpu->gprs[GPR_RCX];
    u64 data = (u32)vcpu->gprs[GPR_RAX] | vcpu->gprs[GPR_RDX] << 32;
    int fault = 0;

    if (is_x2apic_msr(msr))
        fault = kvm_x2apic_msr_write(vcpu, msr, data);
    else if (msr == MSR_TSC_DEADLINE)
        kvm_set_lapic_tscdeadline_msr(vcpu, data);
    else
        refuse(msr);
    return complete(vcpu, fault);
}
