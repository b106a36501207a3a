/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CR8 with the TPR shadow: what MOV from and to it do to VTPR, the TPR threshold with and without
 * virtual-interrupt delivery, its faults and its exits. [SDM 29.1.2, 29.3, 26.6.7, 10.8.6]
 */
#include "guest.h"

static struct guest_controls controls = {
    .pin = PIN_BASED_EXT_INTR_EXITING,
    .cpu = CPU_BASED_TPR_SHADOW,
};

static u64 read_cr8(void)
{
    u64 value = 0;      /* stays so if the instruction exits and is skipped */

    asm volatile("mov %%cr8, %0" : "+r"(value));
    return value;
}

static u64 try_write_cr8(u64 value)
{
    return GUARDED("mov %0, %%cr8", , "r"(value));
}

static void set_cr8(u64 value)
{
    u64 fault = try_write_cr8(value);

    print("  CR8 = %x: ", value);
    print_result(fault, vapic_read(VAPIC_TPR));
    print(" CR8 %x\n", read_cr8());
}

static void moves(void)
{
    print("  VTPR %x, CR8 %x\n", (u64)vapic_read(VAPIC_TPR), read_cr8());
    set_cr8(0xf);
    set_cr8(0x10);
    set_cr8(1ull << 63);
    set_cr8(5);
    vapic_write(VAPIC_TPR, 0x37);
    print("  VTPR 37 stored, CR8 %x\n", read_cr8());
    set_cr8(0);
    tell("moves");
    tell(NULL);
}

/* The exit comes behind the instruction. */
static void below(void)
{
    set_cr8(5);
    set_cr8(4);
    set_cr8(3);
    set_cr8(2);
    set_cr8(4);
    set_cr8(1);
    tell("done");
    tell(NULL);
}

static void delivered(void)
{
    set_cr8(5);
    wrmsr(X2APIC_SELF_IPI, 0x51);
    tell("51 raised");
    open_window();
    tell("window");
    set_cr8(4);
    open_window();
    tell("CR8 4, window");
    tell(NULL);
}

static void run(const char *what, void (*code)(void))
{
    print("%s\n", what);
    vapic_clear();
    vapic_write(VAPIC_TPR, 0x5a);
    guest_set_controls(&controls);
    guest_run(code);
}

static void in_the_host(void)
{
    print("host: CR8 = 7 ");
    print_result(try_write_cr8(7), rdmsr(X2APIC_TPR));
    wrmsr(X2APIC_TPR, 0x9c);
    print(", TPR = 9c, CR8 %x, CR8 = 10 ", read_cr8());
    print_result(try_write_cr8(0x10), 0);
    print("\n");
    try_write_cr8(0);
}

void program(void)
{
    wrmsr(MSR_IA32_APICBASE, rdmsr(MSR_IA32_APICBASE) | APICBASE_EXTD);
    wrmsr(X2APIC_SVR, APIC_SVR_ENABLE | SPURIOUS_APIC_VECTOR);
    if (!guest_init())
        return;
    in_the_host();
    run("TPR shadow", moves);
    vmcs_write32(TPR_THRESHOLD, 4);
    run("TPR threshold 4", below);
    controls.cpu |= CPU_BASED_ACTIVATE_SECONDARY;
    controls.secondary = SECONDARY_VIRTUALIZE_X2APIC | SECONDARY_VIRTUAL_INTR_DELIVERY;
    run("TPR threshold 4, virtual-interrupt delivery", below);
    run("virtual-interrupt delivery", delivered);
    vmcs_write32(TPR_THRESHOLD, 0);
    controls.cpu |= CPU_BASED_CR8_LOAD_EXITING | CPU_BASED_CR8_STORE_EXITING;
    run("CR8 exiting", delivered);
}
