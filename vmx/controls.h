/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMX controls, capability MSRs, exit reasons and error numbers (SDM vol. 3, 24.6 to 24.8,
 * appendices A and C, "VM Instruction Error Numbers").
 */
#ifndef VMX_CONTROLS_H
#define VMX_CONTROLS_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/x86.h"
#include "vmx/vmcs.h"

enum {
    PIN_EXTERNAL_INTERRUPT = 1u << 0,
    PIN_NMI = 1u << 3,
    PIN_VIRTUAL_NMIS = 1u << 5,
    PIN_PREEMPTION_TIMER = 1u << 6,
    PIN_POSTED_INTERRUPTS = 1u << 7,

    PROC_INTERRUPT_WINDOW = 1u << 2,
    PROC_TSC_OFFSETTING = 1u << 3,
    PROC_HLT = 1u << 7,
    PROC_INVLPG = 1u << 9,
    PROC_MWAIT = 1u << 10,
    PROC_RDPMC = 1u << 11,
    PROC_RDTSC = 1u << 12,
    PROC_CR3_LOAD = 1u << 15,
    PROC_CR3_STORE = 1u << 16,
    PROC_TERTIARY = 1u << 17,
    PROC_CR8_LOAD = 1u << 19,
    PROC_CR8_STORE = 1u << 20,
    PROC_TPR_SHADOW = 1u << 21,
    PROC_NMI_WINDOW = 1u << 22,
    PROC_MOV_DR = 1u << 23,
    PROC_IO = 1u << 24,
    PROC_IO_BITMAPS = 1u << 25,
    PROC_MSR_BITMAPS = 1u << 28,
    PROC_MONITOR = 1u << 29,
    PROC_PAUSE = 1u << 30,

    SEC_APIC_ACCESSES = 1u << 0,
    SEC_EPT = 1u << 1,
    SEC_DESCRIPTOR_TABLE = 1u << 2,
    SEC_X2APIC = 1u << 4,
    SEC_VPID = 1u << 5,
    SEC_WBINVD = 1u << 6,
    SEC_REGISTER_VIRT = 1u << 8,
    SEC_VIRTUAL_INTERRUPT = 1u << 9,

    TER_IPI_VIRTUALIZATION = 1u << 4,

    EXIT_HOST_64 = 1u << 9,
    EXIT_ACKNOWLEDGE = 1u << 15,
    EXIT_SAVE_EFER = 1u << 20,
    EXIT_LOAD_EFER = 1u << 21,
    EXIT_SAVE_PREEMPTION_TIMER = 1u << 22,

    ENTRY_GUEST_64 = 1u << 9,
    ENTRY_LOAD_EFER = 1u << 15,
};
#define PROC_SECONDARY 0x80000000u /* activate secondary controls */

/* Interruption information: in the fields for VM entry, VM exit and IDT vectoring (24.8.3, 24.9.2,
 * 24.9.3). Its types are those of enum delivery_type, and two more. */
enum {
    INTR_TYPE_RESERVED = 1,
    INTR_TYPE_OTHER = 7,
    INTR_HAS_ERROR = 1 << 11,

    BLOCKING_STI = 1 << 0, /* interruptibility state, table 24-3 */
    BLOCKING_MOV_SS = 1 << 1,
    BLOCKING_SMI = 1 << 2,
    BLOCKING_NMI = 1 << 3,
};
#define INTR_VALID 0x80000000u

static inline unsigned intr_type(uint32_t info)
{
    return info >> 8 & 7;
}

/* Types whose delivery returns behind an instruction. */
static inline bool intr_is_software(uint32_t info)
{
    return intr_type(info) >= DELIVER_SOFTWARE && intr_type(info) <= DELIVER_SOFTWARE_EXCEPTION;
}

#define EXIT_ENTRY_FAILURE 0x80000000u /* bit 31 of the exit reason */

enum vmx_exit_reason {
    EXIT_EXCEPTION_NMI = 0,
    EXIT_EXTERNAL_INTERRUPT = 1,
    EXIT_TRIPLE_FAULT = 2,
    EXIT_INIT = 3,
    EXIT_SIPI = 4,
    EXIT_INTERRUPT_WINDOW = 7,
    EXIT_NMI_WINDOW = 8,
    EXIT_CPUID = 10,
    EXIT_HLT = 12,
    EXIT_RDTSC = 16,
    EXIT_VMCALL = 18,
    EXIT_VMCLEAR = 19,
    EXIT_VMLAUNCH = 20,
    EXIT_VMPTRLD = 21,
    EXIT_VMPTRST = 22,
    EXIT_VMREAD = 23,
    EXIT_VMRESUME = 24,
    EXIT_VMWRITE = 25,
    EXIT_VMXOFF = 26,
    EXIT_VMXON = 27,
    EXIT_CONTROL_REGISTER = 28,
    EXIT_RDMSR = 31,
    EXIT_WRMSR = 32,
    EXIT_ENTRY_GUEST_STATE = 33,
    EXIT_PAUSE = 40,
    EXIT_TPR_THRESHOLD = 43,
    EXIT_APIC_ACCESS = 44,
    EXIT_VIRTUALIZED_EOI = 45,
    EXIT_INVEPT = 50,
    EXIT_PREEMPTION_TIMER = 52,
    EXIT_INVVPID = 53,
    EXIT_APIC_WRITE = 56,
};

enum vm_error {
    VM_ERROR_VMCALL_IN_ROOT = 1,
    VM_ERROR_VMCLEAR_ADDRESS = 2,
    VM_ERROR_VMCLEAR_VMXON_POINTER = 3,
    VM_ERROR_VMLAUNCH_NOT_CLEAR = 4,
    VM_ERROR_VMRESUME_NOT_LAUNCHED = 5,
    VM_ERROR_CONTROLS = 7,
    VM_ERROR_HOST_STATE = 8,
    VM_ERROR_VMPTRLD_ADDRESS = 9,
    VM_ERROR_VMPTRLD_VMXON_POINTER = 10,
    VM_ERROR_VMPTRLD_REVISION = 11,
    VM_ERROR_UNSUPPORTED_FIELD = 12,
    VM_ERROR_READ_ONLY_FIELD = 13,
    VM_ERROR_VMXON_IN_ROOT = 15,
    VM_ERROR_MOV_SS = 26,
};

enum {
    VMX_REVISION = 0x1e7,
    VMX_PHYSICAL_BITS = 46,
    VMX_CR3_TARGETS = 4,

    MSR_FEATURE_CONTROL = 0x3a,
    FEATURE_LOCKED = 1 << 0,
    FEATURE_VMXON = 1 << 2,

    MSR_VMX_BASIC = 0x480,
    MSR_VMX_PIN = 0x481,
    MSR_VMX_PROC = 0x482,
    MSR_VMX_EXIT = 0x483,
    MSR_VMX_ENTRY = 0x484,
    MSR_VMX_MISC = 0x485,
    MSR_VMX_CR0_FIXED0 = 0x486,
    MSR_VMX_CR0_FIXED1 = 0x487,
    MSR_VMX_CR4_FIXED0 = 0x488,
    MSR_VMX_CR4_FIXED1 = 0x489,
    MSR_VMX_VMCS_ENUM = 0x48a,
    MSR_VMX_PROC2 = 0x48b,
    MSR_VMX_EPT_VPID = 0x48c,
    MSR_VMX_TRUE_PIN = 0x48d,
    MSR_VMX_TRUE_PROC = 0x48e,
    MSR_VMX_TRUE_EXIT = 0x48f,
    MSR_VMX_TRUE_ENTRY = 0x490,
    MSR_VMX_VMFUNC = 0x491,
    MSR_VMX_PROC3 = 0x492,
    MSR_VMX_LAST = MSR_VMX_PROC3,
};

/* Value of a capability MSR (480h to 492h): for controls, bits 31:0 are the allowed-0 settings
 * (must be 1 where they are 1) and bits 63:32 the allowed-1 settings; for the 64 tertiary controls all
 * bits are allowed-1 settings. */
uint64_t vmx_capability(uint32_t msr);

/* Does a control word obey a capability MSR? */
bool vmx_controls_allowed(uint32_t value, uint64_t capability);

/* Secondary controls as they act: 0 if they are not activated. */
static inline uint32_t vmx_secondary(const struct vmcs *v)
{
    if (!(vmcs_get(v, VMCS_PROC_CONTROLS) & PROC_SECONDARY))
        return 0;
    return (uint32_t)vmcs_get(v, VMCS_SECONDARY_CONTROLS);
}

/* Tertiary controls as they act: 0 if they are not activated. */
static inline uint64_t vmx_tertiary(const struct vmcs *v)
{
    return vmcs_get(v, VMCS_PROC_CONTROLS) & PROC_TERTIARY ? vmcs_get(v, VMCS_TERTIARY_CONTROLS) : 0;
}

static inline bool vmx_pin(const struct vmcs *v, uint32_t bits)
{
    return vmcs_get(v, VMCS_PIN_CONTROLS) & bits;
}

static inline bool vmx_proc(const struct vmcs *v, uint32_t bits)
{
    return vmcs_get(v, VMCS_PROC_CONTROLS) & bits;
}

static inline bool vmx_sec(const struct vmcs *v, uint32_t bits)
{
    return vmx_secondary(v) & bits;
}

const char *vmx_exit_name(unsigned reason);

#endif
