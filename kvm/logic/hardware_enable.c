/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMX operation on this core; see vmx.h.
 *
 * After Intel SDM vol. 3, "Enabling and Entering VMX Operation" (23.7) and appendix A.7, A.8.
 */
#include "image.h"
#include "vmx.h"

#define FEATURE_CONTROL_LOCKED  0x1
#define FEATURE_CONTROL_VMXON   0x4
#define VMX_BASIC_REVISION_MASK 0x7fffffff

static u8 vmxon_regions[NR_CPUS][PAGE_SIZE] __aligned(PAGE_SIZE);

u32 vmx_vmcs_revision(void)
{
    return rdmsr(MSR_IA32_VMX_BASIC) & VMX_BASIC_REVISION_MASK;
}

/* Firmware usually locks this register; if it did not, we do. */
static void allow_vmxon(void)
{
    u64 control = rdmsr(MSR_IA32_FEATURE_CONTROL);

    if (!(control & FEATURE_CONTROL_LOCKED)) {
        control |= FEATURE_CONTROL_LOCKED | FEATURE_CONTROL_VMXON;
        wrmsr(MSR_IA32_FEATURE_CONTROL, control);
    }
    if (!(control & FEATURE_CONTROL_VMXON)) {
        note_value("VMX is locked off by firmware, feature control %#x", control);
        BUG();
    }
}

void hardware_enable(unsigned long cpu)
{
    u8 *region = vmxon_regions[cpu];

    allow_vmxon();
    WRITE_CR(0, READ_CR(0) | rdmsr(MSR_IA32_VMX_CR0_FIXED0));
    WRITE_CR(4, READ_CR(4) | rdmsr(MSR_IA32_VMX_CR4_FIXED0) | CR4_VMXE);
    *(u32 *)region = vmx_vmcs_revision();
    if (VMX_POINTER_OP("vmxon", __pa(region))) {
        WARN("VMXON failed");
        BUG();
    }
}
