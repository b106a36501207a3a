/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The controls of vmcs02, at each entry of L2: L0's own and what L1 asks for; see nested_apicv.h.
 */
#include "nested_apicv/nested_apicv.h"

static void update(unsigned long field, u32 mask, u32 bits)
{
    vmcs_write32(field, (vmcs_read32(field) & ~mask) | (bits & mask));
}

/* Where L2 has no x2APIC of its own all its MSRs leave it. */
void prepare_vmcs02_early(struct kvm_vcpu *vcpu)
{
    const struct vmcs12 *vmcs12 = to_nested(vcpu)->vmcs12;
    u32 bitmaps = vmcs12->secondary & SECONDARY_VIRTUALIZE_X2APIC ? CPU_BASED_USE_MSR_BITMAPS : 0;

    update(PIN_BASED_VM_EXEC_CONTROL, PIN_BASED_POSTED_INTR, vmcs12->pin_based);
    update(CPU_BASED_VM_EXEC_CONTROL, CPU_BASED_TPR_SHADOW, vmcs12->cpu_based);
    update(CPU_BASED_VM_EXEC_CONTROL, CPU_BASED_USE_MSR_BITMAPS, bitmaps);
    update(SECONDARY_VM_EXEC_CONTROL, APICV_SECONDARY, vmcs12->secondary);
}
