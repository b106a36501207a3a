/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers that only hold something, sending, errors; see apic_program.h. [SDM 10.4 to 10.6] */
#include "apic_program_internal.h"

static void xapic_registers(void)
{
    hold("ID", XAPIC_ID, 0xff000000);
    hold("LDR", XAPIC_LDR, 0xffffffff);
    hold("DFR", XAPIC_DFR, 0);
    hold("DFR", XAPIC_DFR, 0xffffffff);
    hold("LDR", XAPIC_LDR, 0x01000000);
    hold("TPR", XAPIC_TPR, 0xffffff5a);
    hold("LINT0", LVT_LINT0, 0xffffffff);
    hold("error", LVT_ERROR, 0xffffffff);
    hold("ICR high", XAPIC_ICR_HIGH, 0xffffffff);
    hold("divide", DIVIDE, 0xffffffff);
}

static void x2apic_registers(void)
{
    print("ID %x LDR %x\n", (u64)rd(XAPIC_ID), (u64)rd(XAPIC_LDR));
    fault("TPR = 100", try_wrmsr(X2APIC_TPR, 0x100));
    fault("EOI = 1", try_wrmsr(X2APIC_EOI, 1));
    fault("ESR = 1", try_wrmsr(X2APIC_ESR, 1));
    fault("LDR = 1", try_wrmsr(X2APIC_LDR, 1));
    fault("timer = 80000", try_wrmsr(0x800 + LVT_TIMER / 16, 0x80000));
    fault("ICR bit 20", try_wrmsr(X2APIC_ICR, 0x100041));
    fault("self IPI = 141", try_wrmsr(X2APIC_SELF_IPI, 0x141));
    hold("TPR", XAPIC_TPR, 0x5a);
    hold("LINT0", LVT_LINT0, 0x1a7ff);
    hold("divide", DIVIDE, 0xb);
}

static void x2apic_reads(void)
{
    u64 value;

    fault("read EOI", try_rdmsr(X2APIC_EOI, &value));
    fault("read 80e", try_rdmsr(0x80e, &value));
    fault("read 831", try_rdmsr(0x831, &value));
    wrmsr(X2APIC_ICR, 5ull << 32 | 0x41);   /* to a processor that is not there */
    print("ICR %x\n", rdmsr(X2APIC_ICR));
}

void registers(void)
{
    print("version %x\n", (u64)rd(XAPIC_VERSION));
    if (x2) {
        x2apic_registers();
        x2apic_reads();
    } else {
        xapic_registers();
    }
    wr(LVT_LINT0, MASKED);
    wr(LVT_ERROR, MASKED);
    wr(XAPIC_TPR, 0);
}

/* ---- Sending ---- */

static void sent(const char *what, u32 destination, u32 low)
{
    send(destination, low);
    open_window();
    print("%s:", what);
    print_log();
    print("\n");
}

static void xapic_logical(void)
{
    sent("flat 01, to 03", 0x03, LOGICAL | 0x41);
    sent("flat 01, to 02", 0x02, LOGICAL | 0x41);
    wr(XAPIC_DFR, 0);
    wr(XAPIC_LDR, 0x21000000);
    sent("cluster 21, to 23", 0x23, LOGICAL | 0x41);
    sent("cluster 21, to 22", 0x22, LOGICAL | 0x41);
    sent("cluster 21, to 11", 0x11, LOGICAL | 0x41);
    wr(XAPIC_DFR, 0xffffffff);
    wr(XAPIC_LDR, 0x01000000);
}

static void x2apic_logical(void)
{
    sent("to 3", 0x3, LOGICAL | 0x41);
    sent("to 2", 0x2, LOGICAL | 0x41);
    sent("to 10001", 0x10001, LOGICAL | 0x41);
    wrmsr(X2APIC_SELF_IPI, 0x42);
    apic_program_window("self IPI 42");
}

void sending(void)
{
    sent("to id 0", 0, 0x41);
    sent("to id 1", 1, 0x41);
    sent("to all ids", x2 ? ~0u : 0xff, 0x41);
    sent("to all", 0, TO_ALL | 0x41);
    sent("to the others", 0, TO_OTHERS | 0x41);
    sent("lowest priority", 1, LOGICAL | LOWEST | 0x41);
    sent("level", 0, 0xc000 | 0x41);
    if (x2)
        x2apic_logical();
    else
        xapic_logical();
    sent("NMI to id 0", 0, NMI);
    next_raise = 1;
    sent("NMI inside of an NMI", 0, NMI);
}

/* ---- Errors, and the APIC disabled ---- */

static void print_errors(const char *what)
{
    u32 before = rd(XAPIC_ESR);

    wr(XAPIC_ESR, 0);
    print("%s: ESR %x then %x", what, (u64)before, (u64)rd(XAPIC_ESR));
    open_window();
    print_log();
    print("\n");
    wr(XAPIC_ESR, 0);
}

static void xapic_errors(void)
{
    print("no register: %x\n", (u64)rd(NO_REGISTER));
    print_errors("read");
    wr(NO_REGISTER, 1);
    print_errors("written");
    wr(XAPIC_VERSION, 1);
    print_errors("version written");
}

void errors(void)
{
    wr(XAPIC_ESR, 0);
    wr(XAPIC_ESR, 0);
    raise(0xf);
    print_errors("vector f");
    wr(LVT_ERROR, 0xe1);
    raise(0xf);
    raise(0xe);
    print_errors("vector f and e, error entry e1");
    if (x2) {
        wrmsr(X2APIC_SELF_IPI, 3);
        print_errors("self IPI 3");
    } else {
        xapic_errors();
    }
    wr(LVT_ERROR, MASKED | 0xe1);
    raise(0xf);
    print_errors("masked");
}

/* What is in IRR comes all the same. */
void disabled(void)
{
    raise(0x61);
    wr(LVT_LINT0, 0x41);
    wr(XAPIC_SVR, SPURIOUS_APIC_VECTOR);
    print("disabled: LINT0 %x\n", (u64)rd(LVT_LINT0));
    hold("LINT0", LVT_LINT0, 0x41);
    send(0, 0x51);
    apic_program_window("61 before, 51 while it is disabled, window");
    wr(XAPIC_SVR, APIC_SVR_ENABLE | SPURIOUS_APIC_VECTOR);
    print("enabled: LINT0 %x\n", (u64)rd(LVT_LINT0));
    hold("LINT0", LVT_LINT0, 0x41);
    wr(LVT_LINT0, MASKED);
    send(0, 0x51);
    apic_program_window("51, window");
}
