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

void vmx_vcpu_load_vmcs(struct kvm_vcpu *vcpu, int cpu)
{
    struct vcpu_block *block = to_block(vcpu);

    if (block->loaded_cpu == cpu)
        return;
    block->loaded_cpu = cpu;
    if (VMX_POINTER_OP("vmptrld", __pa(vcpu->vmcs)))
        BUG();
    write_host_state(cpu);
}
