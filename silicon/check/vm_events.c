/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events around VM entry and exit: injection of each type, IDT-vectoring information, NMIs and their
 * blocking, NMI windows, activity states, a preemption timer that is over at once.
 * [SDM 24.4.2, 25.5.1, 26.5, 26.6, 27.2]
 */
#include "guest.h"

#define INJECT_EXTERNAL     0x80000000
#define INJECT_NMI          0x80000202
#define INJECT_EXCEPTION    0x80000300
#define INJECT_SOFTWARE     0x80000400
#define INJECT_ERROR        0x800
#define MAX_STAYS           10

static const struct guest_controls good = {
    .pin = PIN_BASED_EXT_INTR_EXITING,
    .cpu = CPU_BASED_TPR_SHADOW | CPU_BASED_ACTIVATE_SECONDARY,
    .secondary = SECONDARY_VIRTUALIZE_X2APIC | SECONDARY_VIRTUAL_INTR_DELIVERY,
    .exit = VM_EXIT_ACK_INTR_ON_EXIT,
};
static struct guest_controls controls;

static void print_stay(u64 reason)
{
    u32 info = vmcs_read32(VM_EXIT_INTR_INFO), vectoring = vmcs_read32(IDT_VECTORING_INFO);

    if (reason == EXIT_REASON_VMCALL)
        print("  %s:", (const char *)guest_gprs[GPR_RDI]);
    else
        print("  exit %x:", reason);
    if (reason != EXIT_REASON_VMCALL && (info & INTR_INFO_VALID))
        print(" interruption %x", (u64)info);
    if (reason == EXIT_REASON_EXCEPTION_NMI && (info & INJECT_ERROR))
        print(" error code %x", (u64)vmcs_read32(VM_EXIT_INTR_ERROR));
    if (vectoring & INTR_INFO_VALID)
        print(" vectoring %x", (u64)vectoring);
    print(" blocking %x activity %x entry %x", (u64)vmcs_read32(GUEST_INTERRUPTIBILITY_INFO),
          (u64)vmcs_read32(GUEST_ACTIVITY_STATE), (u64)vmcs_read32(VM_ENTRY_INTR_INFO_FIELD));
    print_taken();
    print("\n");
}

/* Until the guest has said NULL, or leaves for a reason that would come again. */
static void stay(void)
{
    for (unsigned i = 0; i < MAX_STAYS; i++) {
        u64 reason = guest_enter();

        if (reason == EXIT_REASON_VMCALL && !guest_gprs[GPR_RDI])
            return;
        print_stay(reason);
        if (reason == EXIT_REASON_NMI_WINDOW)
            vmcs_write32(CPU_BASED_VM_EXEC_CONTROL,
                         vmcs_read32(CPU_BASED_VM_EXEC_CONTROL) & ~CPU_BASED_NMI_WINDOW);
        else if (reason == EXIT_REASON_VMCALL)
            guest_skip_instruction();
        else if (reason != EXIT_REASON_EXCEPTION_NMI)
            return;
    }
}

static void look(void)
{
    asm volatile("nop; nop; nop; nop");
    tell("guest");
    open_window();
    tell("window");
    tell(NULL);
}

static void begin(const char *what, void (*code)(void))
{
    print("%s\n", what);
    vapic_clear();
    guest_set_controls(&controls);
    guest_begin(code);
}

static void inject(const char *what, u32 info, u64 flags)
{
    begin(what, look);
    vmcs_writel(GUEST_RFLAGS, flags);
    vmcs_write32(VM_ENTRY_INTR_INFO_FIELD, info);
    stay();
}

static void injections(void)
{
    inject("external interrupt 51", INJECT_EXTERNAL | 0x51, 0x202);
    inject("NMI", INJECT_NMI, 2);
    vmcs_write32(VM_ENTRY_INSTRUCTION_LEN, 2);
    inject("software interrupt 80", INJECT_SOFTWARE | 0x80, 2);
    note_exceptions = true;
    inject("#UD", INJECT_EXCEPTION | VECTOR_UD, 2);
    vmcs_write32(VM_ENTRY_EXCEPTION_ERROR_CODE, 0x1238);
    inject("#GP with its error code", INJECT_EXCEPTION | INJECT_ERROR | VECTOR_GP, 2);
    print("error code %x\n", fault_error);
    note_exceptions = false;
}

/* The injected one first; the pending one when its handler returns. */
static void injection_and_virtual(void)
{
    begin("injects 51, RVI 61", look);
    vapic_set_vector(VAPIC_IRR, 0x61);
    vmcs_write16(GUEST_INTR_STATUS, 0x61);
    vmcs_writel(GUEST_RFLAGS, 0x202);
    vmcs_write32(VM_ENTRY_INTR_INFO_FIELD, INJECT_EXTERNAL | 0x51);
    stay();
}

/* The gate is beyond the limit: #GP while the event is delivered. */
static void vectoring(void)
{
    vmcs_write32(EXCEPTION_BITMAP, 1 << VECTOR_GP);
    vmcs_write32(GUEST_IDTR_LIMIT, 32 * 16 - 1);
    inject("51, and the IDT ends before", INJECT_EXTERNAL | 0x51, 0x202);
    vmcs_write32(GUEST_IDTR_LIMIT, 256 * 16 - 1);
    vmcs_write32(EXCEPTION_BITMAP, 0);
}

static void send_nmi(void)
{
    wrmsr(X2APIC_ICR, 0x400);
    asm volatile("nop; nop");
}

/* Ends the blocking of NMIs that an exit on one has left in the host. [SDM 27.5.5] */
static void iret(void)
{
    asm volatile("mov %%rsp, %%rax\n\t"
                 "push %0\n\tpush %%rax\n\tpushfq\n\tpush %1\n\t"
                 "lea 1f(%%rip), %%rax\n\tpush %%rax\n\tiretq\n1:"
                 : : "i"(KERNEL_SS), "i"(KERNEL_CS) : "rax", "memory", "cc");
}

static void nmi_to_itself(void)
{
    send_nmi();
    tell("behind the NMI");
    tell(NULL);
}

static void nmis(void)
{
    send_nmi();
    print("NMI in the host:");
    print_taken();
    print("\n");
    begin("NMI in the guest", nmi_to_itself);
    stay();
    controls.pin |= PIN_BASED_NMI_EXITING;
    begin("NMI exiting", nmi_to_itself);
    stay();
    iret();
    controls.pin |= PIN_BASED_VIRTUAL_NMIS;
    begin("NMI exiting and virtual NMIs", nmi_to_itself);
    stay();
    iret();
    controls.cpu |= CPU_BASED_NMI_WINDOW;
    begin("NMI-window exiting", look);
    stay();
    begin("NMI-window exiting, blocked", look);
    vmcs_write32(GUEST_INTERRUPTIBILITY_INFO, 8);
    stay();
    inject("NMI-window exiting, injects an NMI", INJECT_NMI, 2);
    controls = good;
}

static void activity(void)
{
    begin("HLT, injects 51", look);
    vmcs_writel(GUEST_RFLAGS, 0x202);
    vmcs_write32(GUEST_ACTIVITY_STATE, 1);
    vmcs_write32(VM_ENTRY_INTR_INFO_FIELD, INJECT_EXTERNAL | 0x51);
    stay();
    begin("shutdown", look);
    vmcs_write32(GUEST_ACTIVITY_STATE, 2);
    vmcs_write32(VM_ENTRY_INTR_INFO_FIELD, INJECT_NMI);
    stay();
    begin("shutdown, injects 51", look);
    vmcs_writel(GUEST_RFLAGS, 0x202);
    vmcs_write32(GUEST_ACTIVITY_STATE, 2);
    vmcs_write32(VM_ENTRY_INTR_INFO_FIELD, INJECT_EXTERNAL | 0x51);
    stay();
}

static void preemption_timer(void)
{
    controls.pin |= PIN_BASED_PREEMPTION_TIMER;
    begin("preemption timer 0", look);
    vmcs_write32(VMX_PREEMPTION_TIMER_VALUE, 0);
    stay();
    inject("preemption timer 0, injects 51", INJECT_EXTERNAL | 0x51, 0x202);
    controls = good;
}

static void blocking(void)
{
    begin("blocking by STI, RVI 61", look);
    vapic_set_vector(VAPIC_IRR, 0x61);
    vmcs_write16(GUEST_INTR_STATUS, 0x61);
    vmcs_writel(GUEST_RFLAGS, 0x202);
    vmcs_write32(GUEST_INTERRUPTIBILITY_INFO, 1);
    stay();
}

void program(void)
{
    wrmsr(MSR_IA32_APICBASE, rdmsr(MSR_IA32_APICBASE) | APICBASE_EXTD);
    wrmsr(X2APIC_SVR, APIC_SVR_ENABLE | SPURIOUS_APIC_VECTOR);
    if (!guest_init())
        return;
    controls = good;
    injections();
    injection_and_virtual();
    vectoring();
    nmis();
    activity();
    preemption_timer();
    blocking();
}
