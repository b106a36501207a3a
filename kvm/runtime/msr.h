/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Model-specific registers and control registers: instruction wrappers and the numbers in use.
 *
 * After Intel SDM vol. 3, "Model-Specific Registers", and its appendix "VMX Capability Reporting".
 */
#ifndef IRQWEAVE_KVM_RUNTIME_MSR_H
#define IRQWEAVE_KVM_RUNTIME_MSR_H

#include "compiler.h"

#define MSR_IA32_APICBASE               0x01b
#define MSR_IA32_FEATURE_CONTROL        0x03a
#define MSR_IA32_VMX_BASIC              0x480
#define MSR_IA32_VMX_PINBASED_CTLS      0x481
#define MSR_IA32_VMX_PROCBASED_CTLS     0x482
#define MSR_IA32_VMX_EXIT_CTLS          0x483
#define MSR_IA32_VMX_ENTRY_CTLS         0x484
#define MSR_IA32_VMX_CR0_FIXED0         0x486
#define MSR_IA32_VMX_CR4_FIXED0         0x488
#define MSR_IA32_VMX_PROCBASED_CTLS2    0x48b
#define MSR_IA32_VMX_TRUE_PINBASED_CTLS 0x48d   /* + 1 processor, + 2 exit, + 3 entry */
#define MSR_GS_BASE                     0xc0000101

#define CR4_VMXE                        0x2000

static __always_inline u64 rdmsr(u32 msr)
{
    u32 low, high;

    asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return (u64)high << 32 | low;
}

static __always_inline void wrmsr(u32 msr, u64 value)
{
    asm volatile("wrmsr" : : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
}

#define READ_CR(n) ({                                       \
    unsigned long cr_value;                                 \
    asm volatile("mov %%cr" #n ", %0" : "=r"(cr_value));    \
    cr_value;                                               \
})

#define WRITE_CR(n, value) \
    asm volatile("mov %0, %%cr" #n : : "r"((unsigned long)(value)) : "memory")

#endif
