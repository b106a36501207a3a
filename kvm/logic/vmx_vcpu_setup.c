/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The constant part of a VMCS: controls, guest state, host state; see vmx.h.
 *
 * After Intel SDM vol. 3, chapter "Virtual Machine Control Structures" and the checks of "VM
 * Entries" (26.2, 26.3). The guest starts at guest_main in 64-bit mode with the host's CR0, CR3,
 * CR4 and GDT, and its own TSS, IDT and stacks.
 */
#include "guest.h"
#include "image.h"
#include "vmx.h"

#define AR_CODE64       0xa09b      /* accessed code, present, DPL 0, L, 4 KiB granularity */
#define AR_DATA         0xc093
#define AR_TSS_BUSY     0x008b
#define AR_UNUSABLE     0x10000
#define DR7_RESET       0x400
#define RFLAGS_RESET    0x2         /* bit 1 is always set; IF = 0 */
#define X2APIC_MSR_BASE 0x800

enum segment { SEG_ES, SEG_CS, SEG_SS, SEG_DS, SEG_FS, SEG_GS, SEG_LDTR, SEG_TR };

/* Four bitmaps of 1 KiB: read low MSRs, read high, write low, write high; 1 = exit. [SDM 24.6.9] */
struct msr_bitmap {
    u8 read_low[1024], read_high[1024], write_low[1024], write_high[1024];
};
static_assert(sizeof(struct msr_bitmap) == PAGE_SIZE, "MSR bitmap");

static struct msr_bitmap msr_bitmap __aligned(PAGE_SIZE);

static void fill_msr_bitmap(void)
{
    u8 *byte = (u8 *)&msr_bitmap;

    for (size_t i = 0; i < sizeof(msr_bitmap); i++)
        byte[i] = 0xff;
    msr_bitmap.read_low[X2APIC_TPR / 8] &= ~BIT(X2APIC_TPR % 8);
    msr_bitmap.write_low[X2APIC_TPR / 8] &= ~BIT(X2APIC_TPR % 8);
    msr_bitmap.write_low[X2APIC_EOI / 8] &= ~BIT(X2APIC_EOI % 8);
}

static void write_controls(void)
{
    struct vmx_controls controls;

    vmx_setup_controls(&controls);
    vmcs_write32(PIN_BASED_VM_EXEC_CONTROL, controls.pin);
    vmcs_write32(CPU_BASED_VM_EXEC_CONTROL, controls.cpu);
    vmcs_write32(SECONDARY_VM_EXEC_CONTROL, controls.secondary);
    vmcs_write32(VM_EXIT_CONTROLS, controls.exit);
    vmcs_write32(VM_ENTRY_CONTROLS, controls.entry);
    vmcs_write32(EXCEPTION_BITMAP, ~0u);        /* a guest exception is a bug of the scenario */
    vmcs_write32(PAGE_FAULT_ERROR_CODE_MASK, 0);
    vmcs_write32(PAGE_FAULT_ERROR_CODE_MATCH, 0);
    vmcs_write32(CR3_TARGET_COUNT, 0);
    vmcs_write32(VM_EXIT_MSR_STORE_COUNT, 0);
    vmcs_write32(VM_EXIT_MSR_LOAD_COUNT, 0);
    vmcs_write32(VM_ENTRY_MSR_LOAD_COUNT, 0);
    vmcs_write32(VM_ENTRY_INTR_INFO_FIELD, 0);
    fill_msr_bitmap();
    vmcs_write64(MSR_BITMAP, __pa(&msr_bitmap));
}

/* No EOI exits. The TPR threshold means nothing under virtual-interrupt delivery. [SDM 29.1.2] */
static void write_apic_virtualization(struct kvm_vcpu *vcpu)
{
    vmcs_write16(POSTED_INTR_NV, POSTED_INTR_VECTOR);
    vmcs_write64(POSTED_INTR_DESC_ADDR, __pa(&vcpu->pi_desc));
    vmcs_write64(VIRTUAL_APIC_PAGE_ADDR, __pa(vcpu->apic_regs));
    for (int i = 0; i < 4; i++)
        vmcs_write64(EOI_EXIT_BITMAP0 + 2 * i, 0);
    vmcs_write16(GUEST_INTR_STATUS, 0);
    vmcs_write32(TPR_THRESHOLD, 0);
}

static void write_segment(enum segment segment, u16 selector, u64 base, u32 limit, u32 ar)
{
    vmcs_write16(GUEST_ES_SELECTOR + 2 * segment, selector);
    vmcs_writel(GUEST_ES_BASE + 2 * segment, base);
    vmcs_write32(GUEST_ES_LIMIT + 2 * segment, limit);
    vmcs_write32(GUEST_ES_AR_BYTES + 2 * segment, ar);
}

static void write_guest_segments(void)
{
    write_segment(SEG_CS, KERNEL_CS, 0, ~0u, AR_CODE64);
    write_segment(SEG_SS, KERNEL_SS, 0, ~0u, AR_DATA);
    write_segment(SEG_DS, 0, 0, 0, AR_UNUSABLE);
    write_segment(SEG_ES, 0, 0, 0, AR_UNUSABLE);
    write_segment(SEG_FS, 0, 0, 0, AR_UNUSABLE);
    write_segment(SEG_GS, 0, 0, 0, AR_UNUSABLE);
    write_segment(SEG_LDTR, 0, 0, 0, AR_UNUSABLE);
    write_segment(SEG_TR, KERNEL_TR, (u64)&guest_memory.tss, sizeof(guest_memory.tss) - 1,
                  AR_TSS_BUSY);
    vmcs_writel(GUEST_IDTR_BASE, (u64)guest_memory.idt);
    vmcs_write32(GUEST_IDTR_LIMIT, sizeof(guest_memory.idt) - 1);
}

static void write_guest_registers(void)
{
    vmcs_writel(GUEST_CR0, READ_CR(0));
    vmcs_writel(GUEST_CR3, READ_CR(3));
    vmcs_writel(GUEST_CR4, READ_CR(4));
    vmcs_writel(CR0_GUEST_HOST_MASK, 0);
    vmcs_writel(CR4_GUEST_HOST_MASK, 0);
    vmcs_writel(CR0_READ_SHADOW, READ_CR(0));
    vmcs_writel(CR4_READ_SHADOW, READ_CR(4));
    vmcs_writel(GUEST_RIP, (u64)guest_main);
    vmcs_writel(GUEST_RSP, (u64)(guest_memory.stack + GUEST_STACK_SIZE));
    vmcs_writel(GUEST_RFLAGS, RFLAGS_RESET);
    vmcs_writel(GUEST_DR7, DR7_RESET);
}

static void write_guest_rest(void)
{
    vmcs_write64(VMCS_LINK_POINTER, ~0ul);      /* no shadow VMCS [SDM 24.4.2] */
    vmcs_write64(GUEST_IA32_DEBUGCTL, 0);
    vmcs_writel(GUEST_PENDING_DBG, 0);
    vmcs_write32(GUEST_INTERRUPTIBILITY_INFO, 0);
    vmcs_write32(GUEST_ACTIVITY_STATE, 0);
    vmcs_write32(GUEST_SYSENTER_CS, 0);
    vmcs_writel(GUEST_SYSENTER_ESP, 0);
    vmcs_writel(GUEST_SYSENTER_EIP, 0);
}

/* What is the same on every core; vmx_vcpu_load() writes the rest. */
static void write_host_constants(void)
{
    vmcs_writel(HOST_CR0, READ_CR(0));
    vmcs_writel(HOST_CR3, READ_CR(3));
    vmcs_writel(HOST_CR4, READ_CR(4));
    vmcs_write16(HOST_CS_SELECTOR, KERNEL_CS);
    vmcs_write16(HOST_SS_SELECTOR, KERNEL_SS);
    vmcs_write16(HOST_DS_SELECTOR, 0);
    vmcs_write16(HOST_ES_SELECTOR, 0);
    vmcs_write16(HOST_FS_SELECTOR, 0);
    vmcs_write16(HOST_GS_SELECTOR, 0);
    vmcs_write16(HOST_TR_SELECTOR, KERNEL_TR);
    vmcs_writel(HOST_FS_BASE, 0);
    vmcs_writel(HOST_IDTR_BASE, (u64)idt_table);
    vmcs_write32(HOST_IA32_SYSENTER_CS, 0);
    vmcs_writel(HOST_IA32_SYSENTER_ESP, 0);
    vmcs_writel(HOST_IA32_SYSENTER_EIP, 0);
    vmcs_writel(HOST_RIP, (u64)vmx_vmexit);
}

void vmx_vcpu_setup(struct kvm_vcpu *vcpu)
{
    write_controls();
    write_apic_virtualization(vcpu);
    write_guest_segments();
    write_guest_registers();
    write_guest_rest();
    write_host_constants();
}
