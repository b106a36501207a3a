/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What this processor can do: the VMX capability MSRs.
 * After the SDM vol. 3, appendix A.
 *
 * A control is allowed to be 1 only if the model implements it, or if its only effect is a VM exit
 * from an instruction that the model refuses loudly anyway. Not allowed yet: EPT, VPID, monitor trap
 * flag, MSR lists, tertiary controls but IPI virtualization. The VMX-preemption timer is offered by
 * machines that have one (vmx_offers()).
 */
#include "vmx/controls.h"

#include <assert.h>

/* Controls that are 1 on every processor (appendix A.2), and the ones among them that the "true"
 * MSRs release. */
enum {
    PIN_DEFAULT1 = 0x16,
    PROC_DEFAULT1 = 0x0401e172,
    PROC_TRUE_DEFAULT1 = 0x04006172,
    EXIT_DEFAULT1 = 0x36dff,
    EXIT_TRUE_DEFAULT1 = 0x36dfb,
    ENTRY_DEFAULT1 = 0x11ff,
    ENTRY_TRUE_DEFAULT1 = 0x11fb,

    PIN_MODELLED = PIN_EXTERNAL_INTERRUPT | PIN_NMI | PIN_VIRTUAL_NMIS | PIN_PREEMPTION_TIMER |
                   PIN_POSTED_INTERRUPTS,
    PROC_MODELLED = PROC_INTERRUPT_WINDOW | PROC_HLT | PROC_INVLPG | PROC_MWAIT | PROC_RDPMC |
                    PROC_RDTSC | PROC_CR3_LOAD | PROC_CR3_STORE | PROC_TERTIARY | PROC_CR8_LOAD |
                    PROC_CR8_STORE | PROC_TPR_SHADOW | PROC_MOV_DR | PROC_IO | PROC_MSR_BITMAPS |
                    PROC_MONITOR | PROC_PAUSE | PROC_NMI_WINDOW,
    SEC_MODELLED = SEC_APIC_ACCESSES | SEC_DESCRIPTOR_TABLE | SEC_X2APIC | SEC_WBINVD |
                   SEC_REGISTER_VIRT | SEC_VIRTUAL_INTERRUPT,
    EXIT_MODELLED = EXIT_HOST_64 | EXIT_ACKNOWLEDGE | EXIT_SAVE_EFER | EXIT_LOAD_EFER |
                    EXIT_SAVE_PREEMPTION_TIMER,
    ENTRY_MODELLED = ENTRY_GUEST_64 | ENTRY_LOAD_EFER,
};

static uint64_t control_msr(uint32_t allowed0, uint32_t modelled)
{
    return (uint64_t)(allowed0 | modelled) << 32 | allowed0;
}

static uint64_t true_control_msr(uint32_t allowed0, uint32_t default1, uint32_t modelled)
{
    assert(!(allowed0 & ~default1));
    return (uint64_t)(default1 | modelled) << 32 | allowed0;
}

uint64_t vmx_capability(uint32_t msr)
{
    assert(msr >= MSR_VMX_BASIC && msr <= MSR_VMX_LAST);
    const uint32_t proc = PROC_MODELLED | PROC_SECONDARY;
    switch (msr) {
    case MSR_VMX_BASIC: /* 4-KByte write-back regions, INS/OUTS information, true controls */
        return VMX_REVISION | 4096ull << 32 | 6ull << 50 | 1ull << 54 | 1ull << 55;
    case MSR_VMX_PIN: return control_msr(PIN_DEFAULT1, PIN_MODELLED);
    case MSR_VMX_PROC: return control_msr(PROC_DEFAULT1, proc);
    case MSR_VMX_EXIT: return control_msr(EXIT_DEFAULT1, EXIT_MODELLED);
    case MSR_VMX_ENTRY: return control_msr(ENTRY_DEFAULT1, ENTRY_MODELLED);
    case MSR_VMX_PROC2: return control_msr(0, SEC_MODELLED);
    case MSR_VMX_TRUE_PIN:
        return true_control_msr(PIN_DEFAULT1, PIN_DEFAULT1, PIN_MODELLED);
    case MSR_VMX_TRUE_PROC:
        return true_control_msr(PROC_TRUE_DEFAULT1, PROC_DEFAULT1, proc);
    case MSR_VMX_TRUE_EXIT:
        return true_control_msr(EXIT_TRUE_DEFAULT1, EXIT_DEFAULT1, EXIT_MODELLED);
    case MSR_VMX_TRUE_ENTRY:
        return true_control_msr(ENTRY_TRUE_DEFAULT1, ENTRY_DEFAULT1, ENTRY_MODELLED);
    case MSR_VMX_MISC: /* stores EFER.LMA; all activity states; the timer is as fast as the TSC */
        return 1 << 5 | 7 << 6 | VMX_CR3_TARGETS << 16;
    case MSR_VMX_CR0_FIXED0: return 0x80000021; /* PG, NE, PE */
    case MSR_VMX_CR0_FIXED1: return 0xffffffff;
    case MSR_VMX_CR4_FIXED0: return 0x2000; /* VMXE */
    case MSR_VMX_CR4_FIXED1: return 0x3727ff;
    case MSR_VMX_PROC3: return TER_IPI_VIRTUALIZATION;
    case MSR_VMX_VMCS_ENUM: return 0x42; /* highest index, 21h, in bits 9:1 */
    default: return 0; /* no EPT, no VPID, no VM functions */
    }
}

bool vmx_controls_allowed(uint32_t value, uint64_t capability)
{
    uint32_t must = (uint32_t)capability;
    uint32_t may = (uint32_t)(capability >> 32);
    assert(!(must & ~may));
    return (value & must) == must && !(value & ~may);
}

const char *vmx_exit_name(unsigned reason)
{
    switch (reason) {
    case EXIT_EXCEPTION_NMI: return "exception or NMI";
    case EXIT_EXTERNAL_INTERRUPT: return "external interrupt";
    case EXIT_TRIPLE_FAULT: return "triple fault";
    case EXIT_INIT: return "INIT signal";
    case EXIT_SIPI: return "start-up IPI";
    case EXIT_INTERRUPT_WINDOW: return "interrupt window";
    case EXIT_NMI_WINDOW: return "NMI window";
    case EXIT_CPUID: return "CPUID";
    case EXIT_HLT: return "HLT";
    case EXIT_RDTSC: return "RDTSC";
    case EXIT_VMCALL: return "VMCALL";
    case EXIT_CONTROL_REGISTER: return "control-register access";
    case EXIT_RDMSR: return "RDMSR";
    case EXIT_WRMSR: return "WRMSR";
    case EXIT_ENTRY_GUEST_STATE: return "invalid guest state";
    case EXIT_PAUSE: return "PAUSE";
    case EXIT_TPR_THRESHOLD: return "TPR below threshold";
    case EXIT_APIC_ACCESS: return "APIC access";
    case EXIT_VIRTUALIZED_EOI: return "virtualized EOI";
    case EXIT_PREEMPTION_TIMER: return "VMX-preemption timer";
    case EXIT_APIC_WRITE: return "APIC write";
    default: return "VMX instruction";
    }
}
