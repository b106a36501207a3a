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
#define RFLAGS_IF       0x200
#define CPUID_VMX       (1u << 5)
#define SEGMENTS        8           /* ES, CS, SS, DS, FS, GS, LDTR, TR */
#define SEGMENT_CS      1
#define SEGMENT_SS      2
#define SEGMENT_TR      7
#define STACK_SIZE      PAGE_SIZE
#define MAX_EXITS       100
#define GPR_RDI         7

u8 guest_vapic[PAGE_SIZE] __aligned(PAGE_SIZE);
u8 guest_msr_bitmap[PAGE_SIZE] __aligned(PAGE_SIZE);
u64 guest_gprs[16];
bool guest_is_quiet;
volatile u64 guest_last_exit, guest_last_qualification;

static u8 vmcs[PAGE_SIZE] __aligned(PAGE_SIZE);
static u8 stack[STACK_SIZE] __aligned(PAGE_SIZE);
static bool launched, virtual_interrupts;

/* ---- The virtual-APIC page ---- */

u32 vapic_read(unsigned at)
{
    return READ_ONCE(*(u32 *)(guest_vapic + at));
}

void vapic_write(unsigned at, u32 value)
{
    WRITE_ONCE(*(u32 *)(guest_vapic + at), value);
}

void vapic_clear(void)
{
    for (unsigned at = 0; at < PAGE_SIZE; at += 4)
        vapic_write(at, 0);
}

void vapic_set_vector(unsigned at, unsigned vector)
{
    at += vector / 32 * 16;
    vapic_write(at, vapic_read(at) | 1u << vector % 32);
}

static u32 page_word(unsigned index, unsigned at)
{
    return vapic_read(at + 16 * index);
}

void print_vapic(void)
{
    u16 status = vmcs_read16(GUEST_INTR_STATUS);

    print(" RVI %x SVI %x VTPR %x VPPR %x", status & 0xffull, status >> 8 & 0xffull,
          (u64)vapic_read(VAPIC_TPR), (u64)vapic_read(VAPIC_PPR));
    print_bits("VIRR", page_word, VAPIC_IRR);
    print_bits("VISR", page_word, VAPIC_ISR);
}

/* The page means something under virtual-interrupt delivery alone. */
static void print_virtual_interrupts(void)
{
    if (virtual_interrupts)
        print_vapic();
}

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
    virtual_interrupts = (controls->cpu & CPU_BASED_ACTIVATE_SECONDARY) &&
                         (controls->secondary & SECONDARY_VIRTUAL_INTR_DELIVERY);
    if (!virtual_interrupts)
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

/* ---- A guest that tells ---- */

/* True if the instruction has not been executed: RIP is still at it. [SDM 25.1, 29.4] */
static bool is_fault_like(u64 reason)
{
    switch (reason) {
    case EXIT_REASON_CPUID: case EXIT_REASON_HLT: case EXIT_REASON_VMCALL:
    case EXIT_REASON_MSR_READ: case EXIT_REASON_MSR_WRITE: case EXIT_REASON_CR_ACCESS:
    case EXIT_REASON_APIC_ACCESS:
        return true;
    default:
        return false;
    }
}

/* Everything that a reader wants to know at each exit, on one line. */
static void print_exit(u64 reason)
{
    if (reason == EXIT_REASON_VMCALL)
        print("%s:", (const char *)guest_gprs[GPR_RDI]);
    else if (reason & ENTRY_FAIL_VALID)
        print("VM entry fails, error %u:", reason & 0xffff);
    else
        print("exit %u qualification %x:", reason, vmcs_readl(EXIT_QUALIFICATION));
    if (reason == EXIT_REASON_EXTERNAL_INTERRUPT)
        print(" interruption %x", (u64)vmcs_read32(VM_EXIT_INTR_INFO));
    print_virtual_interrupts();
    print_taken();
    print("\n");
}

/* What any host would do, so that the guest gets further. */
static void go_on(u64 reason)
{
    if (is_fault_like(reason))
        guest_skip_instruction();
    if (reason == EXIT_REASON_INTERRUPT_WINDOW)
        vmcs_write32(CPU_BASED_VM_EXEC_CONTROL,
                     vmcs_read32(CPU_BASED_VM_EXEC_CONTROL) & ~CPU_BASED_INTERRUPT_WINDOW);
    if (reason == EXIT_REASON_TPR_BELOW_THRESHOLD)
        vmcs_write32(TPR_THRESHOLD, vapic_read(VAPIC_TPR) >> 4);
    if (reason == EXIT_REASON_EXTERNAL_INTERRUPT) {
        open_window();          /* nothing is pending any more if the exit has acknowledged it */
        wrmsr(X2APIC_EOI, 0);
    }
}

static void run(void)
{
    for (unsigned exits = 0; exits < MAX_EXITS; exits++) {
        u64 reason = guest_enter();

        if (reason == EXIT_REASON_VMCALL && !guest_gprs[GPR_RDI])
            return;
        if (reason != EXIT_REASON_VMCALL) {
            guest_last_exit = reason;
            guest_last_qualification = vmcs_readl(EXIT_QUALIFICATION);
        }
        if (!guest_is_quiet || reason == EXIT_REASON_VMCALL)
            print_exit(reason);
        if (reason >= ENTRY_FAIL_VALID)
            return;
        go_on(reason);
    }
    print("too many exits\n");
}

void guest_run(void (*code)(void))
{
    guest_begin(code);
    run();
}

void guest_run_open(void (*code)(void))
{
    guest_begin(code);
    vmcs_writel(GUEST_RFLAGS, RFLAGS_RESET | RFLAGS_IF);
    run();
}

/* ---- A guest that only comes back ---- */

/* Each entry begins behind the VMCALL of the one before, or where a failed one was to begin. */
static void come_back(void)
{
    for (;;)
        tell(NULL);
}

void guest_check_begin(void)
{
    guest_begin(come_back);
}

void guest_check(const char *what)
{
    u64 result = guest_enter();

    print("%s: ", what);
    if (result & ENTRY_FAIL_VALID)
        print("error %u\n", result & 0xffff);
    else if (result == EXIT_REASON_VMCALL)
        print("entered\n");
    else    /* on guest state, or on something that the guest does not do */
        print("exit %x qualification %x\n", result, vmcs_readl(EXIT_QUALIFICATION));
    if (result == EXIT_REASON_VMCALL)
        guest_skip_instruction();
}

void guest_check_field(const char *what, u16 field, u64 value)
{
    u64 before = vmcs_readl(field);

    vmcs_writel(field, value);
    guest_check(what);
    vmcs_writel(field, before);
}
