/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making a vCPU current on this core; see vmx.h.
 *
 * Left out: moving it from another core, and SN.
 */
#include "percpu.h"
#include "vmx.h"

void vmx_vcpu_load(struct kvm_vcpu *vcpu, unsigned long cpu)
{
    struct percpu *area = &percpu_areas[cpu];

    WRITE_ONCE(vcpu->cpu, cpu);
    vcpu->pi_desc.nv = POSTED_INTR_VECTOR;
    vcpu->pi_desc.ndst = cpu;               /* the x2APIC id equals the index of the core */

    vmcs_writel(HOST_TR_BASE, (u64)&area->tss);
    vmcs_writel(HOST_GDTR_BASE, (u64)area->gdt);
    vmcs_writel(HOST_GS_BASE, (u64)area);
    vmcs_writel(GUEST_GDTR_BASE, (u64)area->gdt);       /* the guest shares the host's GDT */
    vmcs_write32(GUEST_GDTR_LIMIT, sizeof(area->gdt) - 1);
}
