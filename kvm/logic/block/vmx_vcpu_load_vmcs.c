/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The VMCS follows its vCPU; see block.h.
 */
#include "block.h"

/* What a VM exit shall find on this core. The guest shares the host's GDT. */
static void write_host_state(int cpu)
{
    struct percpu *area = &percpu_areas[cpu];

    vmcs_writel(HOST_TR_BASE, (u64)&area->tss);
    vmcs_writel(HOST_GDTR_BASE, (u64)area->gdt);
    vmcs_writel(HOST_GS_BASE, (u64)area);
    vmcs_writel(GUEST_GDTR_BASE, (u64)area->gdt);
    vmcs_write32(GUEST_GDTR_LIMIT, sizeof(area->gdt) - 1);
}

static void loaded_vmcs_clear(void *vmcs)
{
    if (VMX_POINTER_OP("vmclear", __pa(vmcs)))
        BUG();
}

/* A VMCS may be active on one core only, and only that core can end it. [SDM 24.11.1] */
void vmx_vcpu_load_vmcs(struct kvm_vcpu *vcpu, int cpu)
{
    struct vcpu_block *block = to_block(vcpu);

    if (block->loaded_cpu == cpu)
        return;
    if (block->loaded_cpu >= 0) {
        smp_call_function_single(block->loaded_cpu, loaded_vmcs_clear, vcpu->vmcs);
        vcpu->launched = false;
    }
    block->loaded_cpu = cpu;
    if (VMX_POINTER_OP("vmptrld", __pa(vcpu->vmcs)))
        BUG();
    write_host_state(cpu);
}
