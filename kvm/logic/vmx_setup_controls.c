/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMX controls: what we want, adjusted to what the processor requires and allows; see vmx.h.
 *
 * After Intel SDM vol. 3, appendix A.3 to A.5. HLT exiting stays off, so that a halted guest waits
 * in guest mode and a posted interrupt wakes it there. EFER is the same on both sides and is not
 * switched.
 */
#include "vmx.h"

#define VMX_BASIC_TRUE_CTLS BIT(55)

/* Capability MSR: bits 31:0 must be 1 where they are 1, bits 63:32 must be 0 where they are 0. */
static u32 adjust_vmx_controls(u32 wanted, u32 msr)
{
    u64 capability = rdmsr(msr);
    u32 controls = (wanted | (u32)capability) & (u32)(capability >> 32);

    if (wanted & ~controls) {
        note_value("VMX capability MSR %#x lacks a control that is needed", msr);
        BUG();
    }
    return controls;
}

void vmx_setup_controls(struct vmx_controls *controls)
{
    bool true_ctls = rdmsr(MSR_IA32_VMX_BASIC) & VMX_BASIC_TRUE_CTLS;
    u32 msr = true_ctls ? MSR_IA32_VMX_TRUE_PINBASED_CTLS : MSR_IA32_VMX_PINBASED_CTLS;

    controls->pin = adjust_vmx_controls(
        PIN_BASED_EXT_INTR_EXITING | PIN_BASED_NMI_EXITING | PIN_BASED_POSTED_INTR, msr);
    controls->cpu = adjust_vmx_controls(
        CPU_BASED_TPR_SHADOW | CPU_BASED_USE_MSR_BITMAPS | CPU_BASED_ACTIVATE_SECONDARY, msr + 1);
    controls->exit = adjust_vmx_controls(
        VM_EXIT_HOST_ADDR_SPACE_SIZE | VM_EXIT_ACK_INTR_ON_EXIT, msr + 2);
    controls->entry = adjust_vmx_controls(VM_ENTRY_IA32E_MODE, msr + 3);
    controls->secondary = adjust_vmx_controls(
        SECONDARY_VIRTUALIZE_X2APIC | SECONDARY_APIC_REGISTER_VIRT |
        SECONDARY_VIRTUAL_INTR_DELIVERY, MSR_IA32_VMX_PROCBASED_CTLS2);
}
