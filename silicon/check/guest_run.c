/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guests at work: one that tells what it does, and one that only comes back; see guest.h.
 */
#include "guest.h"

#define MAX_EXITS       100
#define RFLAGS_OPEN     0x202

bool guest_is_quiet;
volatile u64 guest_last_exit, guest_last_qualification;

/* ---- A guest that tells ---- */

/* The page means something under virtual-interrupt delivery alone. */
static void print_virtual_interrupts(void)
{
    if (guest_has_virtual_interrupts)
        print_vapic();
}

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
    vmcs_writel(GUEST_RFLAGS, RFLAGS_OPEN);
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
