/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMCS fields of IPI virtualization, for the current VMCS; see ipiv.h.
 */
#include "image.h"
#include "ipiv/ipiv.h"

#define MSR_BITMAP_WRITE_LOW 2048   /* bytes: the third of four bitmaps [SDM 24.6.9] */

/* Upper halves of the capability MSRs are allowed-1 settings; MSR 492h has nothing else. */
static bool cpu_has_ipiv(void)
{
    u64 cpu = rdmsr(MSR_IA32_VMX_TRUE_PINBASED_CTLS + 1);

    return (cpu >> 32 & CPU_BASED_ACTIVATE_TERTIARY) &&
           (rdmsr(MSR_IA32_VMX_PROCBASED_CTLS3) & TERTIARY_EXEC_IPI_VIRT);
}

static void disable_icr_intercept(void)
{
    u8 *bitmap = (u8 *)((u64)vmcs_readl(MSR_BITMAP) + IMAGE_OFFSET);

    bitmap[MSR_BITMAP_WRITE_LOW + X2APIC_ICR / 8] &= ~BIT(X2APIC_ICR % 8);
}

void vmx_enable_ipiv(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    if (!cpu_has_ipiv()) {
        WARN("this processor has no IPI virtualization");
        BUG();
    }
    vmcs_write32(CPU_BASED_VM_EXEC_CONTROL,
                 vmcs_read32(CPU_BASED_VM_EXEC_CONTROL) | CPU_BASED_ACTIVATE_TERTIARY);
    vmcs_write64(TERTIARY_VM_EXEC_CONTROL, TERTIARY_EXEC_IPI_VIRT);
    vmcs_write64(PID_POINTER_TABLE, __pa(pid_table));
    vmcs_write16(LAST_PID_POINTER_INDEX, NR_VCPUS - 1);
    disable_icr_intercept();
}
