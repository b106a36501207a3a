/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcs02: the VMCS that the processor has while L2 runs; see nested.h.
 */
#include "image.h"
#include "nested.h"

struct nested_vmx nested_vmxs[NR_VCPUS];

static u8 vmcs02_pages[NR_VCPUS][PAGE_SIZE] __aligned(PAGE_SIZE);

/* VMCLEAR of the one that is left writes it back and gives it a launch state. [SDM 24.11.3] */
static void load_vmcs(u8 *vmcs, bool clear)
{
    bool failed = clear && VMX_POINTER_OP("vmclear", __pa(vmcs));

    if (failed || VMX_POINTER_OP("vmptrld", __pa(vmcs))) {
        WARN("VMCLEAR or VMPTRLD failed");
        BUG();
    }
}

/* Both stay active on this core, only one is current: VMPTRLD is enough. */
void vmx_switch_vmcs(struct kvm_vcpu *vcpu, struct loaded_vmcs *to)
{
    struct nested_vmx *nested = to_nested(vcpu);
    struct loaded_vmcs *from = to == &nested->vmcs02 ? &nested->vmcs01 : &nested->vmcs02;

    from->launched = vcpu->launched;
    load_vmcs(to->vmcs, false);
    vcpu->vmcs = to->vmcs;
    vcpu->launched = to->launched;
}

void nested_vmx_create(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12, unsigned long cpu)
{
    struct nested_vmx *nested = to_nested(vcpu);

    nested->vmcs12 = vmcs12;
    nested->vmcs01.vmcs = vcpu->vmcs;
    nested->vmcs02.vmcs = vmcs02_pages[vcpu->vcpu_id];
    *(u32 *)nested->vmcs02.vmcs = vmx_vmcs_revision();
    load_vmcs(nested->vmcs02.vmcs, true);
    vmx_vcpu_setup(vcpu);
    vmx_vcpu_load(vcpu, cpu);
    vmcs_write16(POSTED_INTR_NV, POSTED_INTR_NESTED_VECTOR);
    vmcs_write64(POSTED_INTR_DESC_ADDR, __pa(vmcs12->posted_intr_desc));
    vmcs_write64(VIRTUAL_APIC_PAGE_ADDR, __pa(vmcs12->virtual_apic_page));
    load_vmcs(nested->vmcs01.vmcs, false);
}
