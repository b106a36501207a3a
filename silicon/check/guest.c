/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See guest.h. After Intel SDM vol. 3, "Virtual Machine Control Structures" and "VM Entries".
 */
#include "guest.h"

#include "vmx.h"

#define AR_CODE64       0xa09b
#define AR_DATA         0xc093
#define AR_TSS_BUSY     0x008b
#define AR_UNUSABLE     0x10000
#define DR7_RESET       0x400
#define RFLAGS_RESET    0x2
#define CPUID_VMX       (1u << 5)
#define SEGMENTS        8           /* ES, CS, SS, DS, FS, GS, LDTR, TR */
#define SEGMENT_CS      1
#define SEGMENT_SS      2
#define SEGMENT_TR      7
#define STACK_SIZE      PAGE_SIZE

u8 guest_msr_bitmap[PAGE_SIZE] __aligned(PAGE_SIZE);
u64 guest_gprs[GPR_COUNT];
bool guest_has_virtual_interrupts;

static u8 vmcs[PAGE_SIZE] __aligned(PAGE_SIZE);
static u8 stack[STACK_SIZE] __aligned(PAGE_SIZE);
static bool launched;

/* ---- The VMCS ---- */

struct field {
    u16 encoding;
    u64 value;
};

static void write_fields(const struct field *field, size_t count)
{
    for (size_t i = 0; i < count; i++)
        vmcs_writel(field[i].encoding, field[i].value);
}

static void write_segment(unsigned segment)
{
    u32 ar = segment == SEGMENT_CS ? AR_CODE64 : segment == SEGMENT_SS ? AR_DATA :
             segment == SEGMENT_TR ? AR_TSS_BUSY : AR_UNUSABLE;
    u16 selector = segment == SEGMENT_CS ? KERNEL_CS : segment == SEGMENT_SS ? KERNEL_SS :
                   segment == SEGMENT_TR ? KERNEL_TR : 0;
    bool is_tss = segment == SEGMENT_TR;

    vmcs_writel(GUEST_ES_SELECTOR + 2 * segment, selector);
    vmcs_writel(GUEST_ES_BASE + 2 * segment, is_tss ? (u64)&percpu_areas[0].tss : 0);
    vmcs_writel(GUEST_ES_LIMIT + 2 * segment, is_tss ? sizeof(struct tss_struct) - 1 : ~0u);
    vmcs_writel(GUEST_ES_AR_BYTES + 2 * segment, ar);
}

static void write_guest_state(void)
{
    const struct field fields[] = {
        { GUEST_CR0, READ_CR(0) }, { GUEST_CR3, READ_CR(3) }, { GUEST_CR4, READ_CR(4) },
        { GUEST_GDTR_BASE, (u64)percpu_areas[0].gdt },
        { GUEST_GDTR_LIMIT, sizeof(percpu_areas[0].gdt) - 1 },
        { GUEST_IDTR_BASE, (u64)idt_table }, { GUEST_IDTR_LIMIT, sizeof(idt_table) - 1 },
        { GUEST_DR7, DR7_RESET }, { VMCS_LINK_POINTER, ~0ull }, { GUEST_IA32_DEBUGCTL, 0 },
        { GUEST_PENDING_DBG, 0 }, { GUEST_SYSENTER_CS, 0 }, { GUEST_SYSENTER_ESP, 0 },
        { GUEST_SYSENTER_EIP, 0 },
    };

    write_fields(fields, ARRAY_SIZE(fields));
    for (unsigned segment = 0; segment < SEGMENTS; segment++)
        write_segment(segment);
}

static void write_host_state(void)
{
    const struct field fields[] = {
        { HOST_CR0, READ_CR(0) }, { HOST_CR3, READ_CR(3) }, { HOST_CR4, READ_CR(4) },
        { HOST_CS_SELECTOR, KERNEL_CS }, { HOST_SS_SELECTOR, KERNEL_SS },
        { HOST_DS_SELECTOR, 0 }, { HOST_ES_SELECTOR, 0 }, { HOST_FS_SELECTOR, 0 },
        { HOST_GS_SELECTOR, 0 }, { HOST_TR_SELECTOR, KERNEL_TR },
        { HOST_FS_BASE, 0 }, { HOST_GS_BASE, (u64)&percpu_areas[0] },
        { HOST_TR_BASE, (u64)&percpu_areas[0].tss },
        { HOST_GDTR_BASE, (u64)percpu_areas[0].gdt }, { HOST_IDTR_BASE, (u64)idt_table },
        { HOST_IA32_SYSENTER_CS, 0 }, { HOST_IA32_SYSENTER_ESP, 0 },
        { HOST_IA32_SYSENTER_EIP, 0 }, { HOST_RIP, (u64)vmx_vmexit },
    };

    write_fields(fields, ARRAY_SIZE(fields));
}

/* What all programs leave as it is. */
static void write_constants(void)
{
    const struct field fields[] = {
        { EXCEPTION_BITMAP, 0 }, { PAGE_FAULT_ERROR_CODE_MASK, 0 },
        { PAGE_FAULT_ERROR_CODE_MATCH, 0 }, { CR3_TARGET_COUNT, 0 },
        { VM_EXIT_MSR_STORE_COUNT, 0 }, { VM_EXIT_MSR_LOAD_COUNT, 0 },
        { VM_ENTRY_MSR_LOAD_COUNT, 0 }, { VM_ENTRY_INTR_INFO_FIELD, 0 },
        { CR0_GUEST_HOST_MASK, 0 }, { CR4_GUEST_HOST_MASK, 0 },
        { CR0_READ_SHADOW, READ_CR(0) }, { CR4_READ_SHADOW, READ_CR(4) },
        { MSR_BITMAP, __pa(guest_msr_bitmap) }, { VIRTUAL_APIC_PAGE_ADDR, __pa(guest_vapic) },
        { TPR_THRESHOLD, 0 },
    };

    write_fields(fields, ARRAY_SIZE(fields));
}

static bool has_vmx(void)
{
    u32 a = 1, b, c, d;

    asm volatile("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
    return c & CPUID_VMX;
}

bool guest_init(void)
{
    if (!has_vmx()) {
        print("no VMX\n");
        return false;
    }
    hardware_enable(0);
    *(u32 *)vmcs = vmx_vmcs_revision();
    if (VMX_POINTER_OP("vmclear", __pa(vmcs)) || VMX_POINTER_OP("vmptrld", __pa(vmcs))) {
        print("no VMCS\n");
        return false;
    }
    write_constants();
    write_guest_state();
    write_host_state();
    return true;
}

static u32 required(u32 msr)
{
    return rdmsr(msr);
}

void guest_set_controls(const struct guest_controls *controls)
{
    const u32 msr = MSR_IA32_VMX_TRUE_PINBASED_CTLS;

    vmcs_write32(PIN_BASED_VM_EXEC_CONTROL, controls->pin | required(msr));
    vmcs_write32(CPU_BASED_VM_EXEC_CONTROL,
                 controls->cpu | CPU_BASED_USE_MSR_BITMAPS | required(msr + 1));
    vmcs_write32(VM_EXIT_CONTROLS,
                 controls->exit | VM_EXIT_HOST_ADDR_SPACE_SIZE | required(msr + 2));
    vmcs_write32(VM_ENTRY_CONTROLS, VM_ENTRY_IA32E_MODE | required(msr + 3));
    if (controls->cpu & CPU_BASED_ACTIVATE_SECONDARY)
        vmcs_write32(SECONDARY_VM_EXEC_CONTROL, controls->secondary);
    guest_has_virtual_interrupts = (controls->cpu & CPU_BASED_ACTIVATE_SECONDARY) &&
                                   (controls->secondary & SECONDARY_VIRTUAL_INTR_DELIVERY);
    if (!guest_has_virtual_interrupts)
        return;
    for (int i = 0; i < 4; i++)
        vmcs_write64(EOI_EXIT_BITMAP0 + 2 * i, 0);
    vmcs_write16(GUEST_INTR_STATUS, 0);
}

/* ---- Entry ---- */

void guest_pretend(bool is_launched)
{
    launched = is_launched;
}

void guest_clear(void)
{
    VMX_POINTER_OP("vmclear", __pa(vmcs));
    VMX_POINTER_OP("vmptrld", __pa(vmcs));
    launched = false;
}

void guest_begin(void (*code)(void))
{
    guest_clear();
    vmcs_writel(GUEST_RIP, (u64)code);
    vmcs_writel(GUEST_RSP, (u64)(stack + STACK_SIZE - 8));  /* as if called */
    vmcs_writel(GUEST_RFLAGS, RFLAGS_RESET);
    vmcs_write32(GUEST_INTERRUPTIBILITY_INFO, 0);
    vmcs_write32(GUEST_ACTIVITY_STATE, 0);
    vmcs_write32(VM_ENTRY_INTR_INFO_FIELD, 0);
}

u64 guest_enter(void)
{
    if (__vmx_vcpu_run(guest_gprs, launched))
        return ENTRY_FAIL_VALID | vmcs_read32(VM_INSTRUCTION_ERROR);
    launched = true;
    return vmcs_read32(VM_EXIT_REASON);
}

void guest_skip_instruction(void)
{
    vmcs_writel(GUEST_RIP, vmcs_readl(GUEST_RIP) + vmcs_read32(VM_EXIT_INSTRUCTION_LENGTH));
}
