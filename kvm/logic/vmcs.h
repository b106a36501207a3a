/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMCS: field encodings, control bits and instruction wrappers.
 *
 * After Intel SDM vol. 3, chapters "Virtual Machine Control Structures" and "VMX Instruction
 * Reference", and appendix "Field Encoding in VMCS". Only fields that this code uses are named.
 */
#ifndef IRQWEAVE_KVM_LOGIC_VMCS_H
#define IRQWEAVE_KVM_LOGIC_VMCS_H

/* 16-bit control, guest and host fields */
#define POSTED_INTR_NV              0x0002
#define GUEST_ES_SELECTOR           0x0800      /* then CS, SS, DS, FS, GS, LDTR, TR; step 2 */
#define GUEST_INTR_STATUS           0x0810      /* RVI low byte, SVI high byte */
#define HOST_ES_SELECTOR            0x0c00
#define HOST_CS_SELECTOR            0x0c02
#define HOST_SS_SELECTOR            0x0c04
#define HOST_DS_SELECTOR            0x0c06
#define HOST_FS_SELECTOR            0x0c08
#define HOST_GS_SELECTOR            0x0c0a
#define HOST_TR_SELECTOR            0x0c0c

/* 64-bit fields */
#define MSR_BITMAP                  0x2004
#define VIRTUAL_APIC_PAGE_ADDR      0x2012
#define POSTED_INTR_DESC_ADDR       0x2016
#define EOI_EXIT_BITMAP0            0x201c      /* then 1, 2, 3; step 2 */
#define VMCS_LINK_POINTER           0x2800
#define GUEST_IA32_DEBUGCTL         0x2802

/* 32-bit fields */
#define PIN_BASED_VM_EXEC_CONTROL   0x4000
#define CPU_BASED_VM_EXEC_CONTROL   0x4002
#define EXCEPTION_BITMAP            0x4004
#define PAGE_FAULT_ERROR_CODE_MASK  0x4006
#define PAGE_FAULT_ERROR_CODE_MATCH 0x4008
#define CR3_TARGET_COUNT            0x400a
#define VM_EXIT_CONTROLS            0x400c
#define VM_EXIT_MSR_STORE_COUNT     0x400e
#define VM_EXIT_MSR_LOAD_COUNT      0x4010
#define VM_ENTRY_CONTROLS           0x4012
#define VM_ENTRY_MSR_LOAD_COUNT     0x4014
#define VM_ENTRY_INTR_INFO_FIELD    0x4016
#define TPR_THRESHOLD               0x401c
#define SECONDARY_VM_EXEC_CONTROL   0x401e
#define VM_INSTRUCTION_ERROR        0x4400
#define VM_EXIT_REASON              0x4402
#define VM_EXIT_INTR_INFO           0x4404
#define VM_EXIT_INSTRUCTION_LEN     0x440c
#define GUEST_ES_LIMIT              0x4800      /* then CS, SS, DS, FS, GS, LDTR, TR; step 2 */
#define GUEST_GDTR_LIMIT            0x4810
#define GUEST_IDTR_LIMIT            0x4812
#define GUEST_ES_AR_BYTES           0x4814      /* then CS, SS, DS, FS, GS, LDTR, TR; step 2 */
#define GUEST_INTERRUPTIBILITY_INFO 0x4824
#define GUEST_ACTIVITY_STATE        0x4826
#define GUEST_SYSENTER_CS           0x482a
#define HOST_IA32_SYSENTER_CS       0x4c00

/* Natural-width fields */
#define CR0_GUEST_HOST_MASK         0x6000
#define CR4_GUEST_HOST_MASK         0x6002
#define CR0_READ_SHADOW             0x6004
#define CR4_READ_SHADOW             0x6006
#define EXIT_QUALIFICATION          0x6400
#define GUEST_CR0                   0x6800
#define GUEST_CR3                   0x6802
#define GUEST_CR4                   0x6804
#define GUEST_ES_BASE               0x6806      /* then CS, SS, DS, FS, GS, LDTR, TR; step 2 */
#define GUEST_TR_BASE               0x6814
#define GUEST_GDTR_BASE             0x6816
#define GUEST_IDTR_BASE             0x6818
#define GUEST_DR7                   0x681a
#define GUEST_RSP                   0x681c
#define GUEST_RIP                   0x681e
#define GUEST_RFLAGS                0x6820
#define GUEST_PENDING_DBG           0x6822
#define GUEST_SYSENTER_ESP          0x6824
#define GUEST_SYSENTER_EIP          0x6826
#define HOST_CR0                    0x6c00
#define HOST_CR3                    0x6c02
#define HOST_CR4                    0x6c04
#define HOST_FS_BASE                0x6c06
#define HOST_GS_BASE                0x6c08
#define HOST_TR_BASE                0x6c0a
#define HOST_GDTR_BASE              0x6c0c
#define HOST_IDTR_BASE              0x6c0e
#define HOST_IA32_SYSENTER_ESP      0x6c10
#define HOST_IA32_SYSENTER_EIP      0x6c12
#define HOST_RSP                    0x6c14
#define HOST_RIP                    0x6c16

#define EXIT_REASON_EXTERNAL_INTERRUPT  1
#define EXIT_REASON_INTERRUPT_WINDOW    7
#define EXIT_REASON_VMLAUNCH            20
#define EXIT_REASON_MSR_WRITE           32
#define EXIT_REASON_EOI_INDUCED         45
#define INTR_INFO_VECTOR_MASK           0xff
#define INTR_INFO_VALID                 0x80000000
#define BLOCKED_BY_STI_MOV_SS           0x3     /* of the interruptibility */

#ifndef __ASSEMBLER__

#include "compiler.h"

#define PIN_BASED_EXT_INTR_EXITING      (1u << 0)
#define PIN_BASED_NMI_EXITING           (1u << 3)
#define PIN_BASED_POSTED_INTR           (1u << 7)

#define CPU_BASED_INTR_WINDOW_EXITING   (1u << 2)
#define CPU_BASED_TPR_SHADOW            (1u << 21)
#define CPU_BASED_USE_MSR_BITMAPS       (1u << 28)
#define CPU_BASED_ACTIVATE_SECONDARY    (1u << 31)

#define SECONDARY_VIRTUALIZE_X2APIC     (1u << 4)
#define SECONDARY_APIC_REGISTER_VIRT    (1u << 8)
#define SECONDARY_VIRTUAL_INTR_DELIVERY (1u << 9)

#define VM_EXIT_HOST_ADDR_SPACE_SIZE    (1u << 9)
#define VM_EXIT_ACK_INTR_ON_EXIT        (1u << 15)
#define VM_ENTRY_IA32E_MODE             (1u << 9)

void vmwrite_error(unsigned long field);

/* The VMCS instructions report failure in CF (no current VMCS) or ZF (bad field). [SDM 30.2] */
static inline void vmcs_writel(unsigned long field, unsigned long value)
{
    bool failed;

    asm volatile("vmwrite %2, %1"
                 : "=@ccbe"(failed) : "r"(field), "r"(value) : "memory");
    if (unlikely(failed))
        vmwrite_error(field);
}

static inline unsigned long vmcs_readl(unsigned long field)
{
    unsigned long value = 0;

    asm volatile("vmread %1, %0" : "+r"(value) : "r"(field) : "cc");
    return value;
}

/* The suffix documents the width of the field; the instructions always take 64 bits. */
static inline void vmcs_write16(unsigned long field, u16 value) { vmcs_writel(field, value); }
static inline void vmcs_write32(unsigned long field, u32 value) { vmcs_writel(field, value); }
static inline void vmcs_write64(unsigned long field, u64 value) { vmcs_writel(field, value); }
static inline u16 vmcs_read16(unsigned long field) { return vmcs_readl(field); }
static inline u32 vmcs_read32(unsigned long field) { return vmcs_readl(field); }

/* VMXON, VMCLEAR and VMPTRLD take the physical address in memory. */
#define VMX_POINTER_OP(instruction, physical) ({                            \
    bool vmx_failed;                                                        \
    u64 vmx_pointer = (physical);                                           \
    asm volatile(instruction " %1"                                          \
                 : "=@ccbe"(vmx_failed) : "m"(vmx_pointer) : "memory");     \
    vmx_failed;                                                             \
})

#endif
#endif
