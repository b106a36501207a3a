/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is sent and does not arrive as an interrupt: illegal vectors, ESR and its LVT entry, a
 * software-disabled APIC, faults of ICR. [SDM 10.5.3, 10.6.1, 10.12.9, 10.4.7.2]
 */
#include "program.h"

#define ICR_SELF    0x40000         /* shorthand */
#define ICR_LOGICAL 0x800

/* ESR shows what had been logged when it was last written. */
static u64 errors(void)
{
    wrmsr(X2APIC_ESR, 0);
    return rdmsr(X2APIC_ESR);
}

static void print_state(const char *what)
{
    open_window();
    print("%s:", what);
    print_msr_bits("IRR", X2APIC_IRR);
    print_msr_bits("ISR", X2APIC_ISR);
    print_taken();
    wrmsr(X2APIC_EOI, 0);
    print(" ESR %x", rdmsr(X2APIC_ESR));
    print(" then %x", errors());
    print(" then %x\n", errors());
}

static void send(const char *what, u64 icr)
{
    u64 fault = try_wrmsr(X2APIC_ICR, icr);

    print("%s ", what);
    print_result(fault, 0);
    print_state("");
}

static void self(const char *what, u64 vector)
{
    u64 fault = try_wrmsr(X2APIC_SELF_IPI, vector);

    print("%s ", what);
    print_result(fault, 0);
    print_state("");
}

static void sends(void)
{
    send("fixed to id 0", 0x41);
    send("fixed to itself by shorthand", ICR_SELF | 0x42);
    send("fixed to all", 0x80043);
    send("fixed to all but itself", 0xc0044);
    send("fixed to ffffffff", 0xffffffff00000045);
    send("fixed to an id that is not there", 0x700000046);
    send("level is asserted", 0x4047);
    send("vector f", 0xf);
    send("vector f to itself", ICR_SELF | 0xf);
    send("vector 10", 0x10);
}

static void faults(void)
{
    send("ICR bit 13", 0x2041);
    send("ICR bit 16", 0x10041);
    send("ICR bit 17", 0x20041);
    send("ICR bit 20", 0x100041);
    send("ICR bit 31", 0x80000041);
}

static void error_interrupt(void)
{
    wrmsr(X2APIC_LVT_ERROR, 0xe1);
    self("83f = 3, error entry e1", 3);
    self("83f = 3 again", 3);
    wrmsr(X2APIC_LVT_ERROR, 0x100e1);
    self("83f = 3, masked", 3);
}

static void software_disabled(void)
{
    wrmsr(X2APIC_SVR, SPURIOUS_APIC_VECTOR);
    self("83f = 51, software disabled", 0x51);
    wrmsr(X2APIC_SVR, APIC_SVR_ENABLE | SPURIOUS_APIC_VECTOR);
    print_state("enabled again");
    wrmsr(X2APIC_TPR, 0xf0);
    wrmsr(X2APIC_SELF_IPI, 0x51);
    wrmsr(X2APIC_SVR, SPURIOUS_APIC_VECTOR);
    print_state("51 pending, disabled");
    wrmsr(X2APIC_SVR, APIC_SVR_ENABLE | SPURIOUS_APIC_VECTOR);
    wrmsr(X2APIC_TPR, 0);
    print_state("enabled again");
}

void program(void)
{
    wrmsr(MSR_IA32_APICBASE, rdmsr(MSR_IA32_APICBASE) | APICBASE_EXTD);
    wrmsr(X2APIC_SVR, APIC_SVR_ENABLE | SPURIOUS_APIC_VECTOR);
    errors();
    self("83f = 31", 0x31);
    self("83f = f", 0xf);
    self("83f = 100", 0x100);
    sends();
    faults();
    error_interrupt();
    software_disabled();
}
