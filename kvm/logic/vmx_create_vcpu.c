/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A new vCPU, loaded on the core that creates it; see vmx.h.
 */
#include "image.h"
#include "vmx.h"

static u8 vmcs_pages[NR_VCPUS][PAGE_SIZE] __aligned(PAGE_SIZE);

/* VMCLEAR gives the region a launch state, VMPTRLD makes it current. [SDM 24.11.3] */
static void load_vmcs(u8 *vmcs)
{
    *(u32 *)vmcs = vmx_vmcs_revision();
    if (VMX_POINTER_OP("vmclear", __pa(vmcs)) || VMX_POINTER_OP("vmptrld", __pa(vmcs))) {
        WARN("VMCLEAR or VMPTRLD failed");
        BUG();
    }
}

void vmx_create_vcpu(struct kvm_vcpu *vcpu, int vcpu_id, unsigned long cpu)
{
    vcpu->vcpu_id = vcpu_id;
    vcpu->mode = OUTSIDE_GUEST_MODE;
    vcpu->apic_regs = apic_pages[vcpu_id];
    vcpu->vmcs = vmcs_pages[vcpu_id];
    load_vmcs(vcpu->vmcs);
    vmx_vcpu_setup(vcpu);
    vmx_vcpu_load(vcpu, cpu);
}
