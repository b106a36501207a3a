/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers of the local APIC in x2APIC mode: which exist, what they hold, which accesses fault;
 * and what IA32_APIC_BASE takes. The disabled mode is in apic_disabled.c: not everybody comes back
 * from it. Left out: ICR, which the firmware has used. [SDM 10.4.4, 10.12.1, 10.12.2, 10.12.5]
 */
#include "program.h"

#define FIRST   0x800
#define LAST    0x840
#define BIT64(n) (1ull << (n))

static void change_base(const char *what, u64 set, u64 clear)
{
    u64 base = rdmsr(MSR_IA32_APICBASE);
    u64 fault = try_wrmsr(MSR_IA32_APICBASE, (base & ~clear) | set);

    print("%s ", what);
    print_result(fault, rdmsr(MSR_IA32_APICBASE));
    print("\n");
}

static void reserved_bits(void)
{
    change_base("APIC_BASE bit 0", BIT64(0), 0);
    change_base("APIC_BASE bit 7", BIT64(7), 0);
    change_base("APIC_BASE bit 9", BIT64(9), 0);
    change_base("APIC_BASE bit 63", BIT64(63), 0);
}

static void range_in_xapic_mode(void)
{
    unsigned faults = 0;

    for (u32 msr = 0x800; msr < 0xc00; msr++) {
        u64 value;

        if (try_rdmsr(msr, &value) == VECTOR_GP)
            faults++;
    }
    print("of 800 to bff fault in xAPIC mode: %u\n", (u64)faults);
    print("write 80b in xAPIC mode ");
    print_result(try_wrmsr(X2APIC_EOI, 0), 0);
    print("\n");
}

static void modes(void)
{
    change_base("xAPIC to xAPIC", 0, 0);
    change_base("xAPIC to invalid", APICBASE_EXTD, APICBASE_ENABLE);
    change_base("xAPIC to x2APIC", APICBASE_EXTD, 0);
    print("LDR %x\n", rdmsr(X2APIC_LDR));
    change_base("x2APIC to x2APIC", 0, 0);
    change_base("x2APIC to xAPIC", 0, APICBASE_EXTD);
    change_base("x2APIC to invalid", 0, APICBASE_ENABLE);
}

static void print_reads(void)
{
    for (u32 msr = FIRST; msr < LAST; msr++) {
        if (msr == X2APIC_ICR)
            continue;
        print("read %x ", (u64)msr);
        print_rdmsr(msr);
        print("\n");
    }
}

/* Bit 32 is reserved everywhere but in ICR; nothing that exists takes it. */
static void print_writes_of_bit_32(void)
{
    unsigned taken = 0;

    for (u32 msr = FIRST; msr < 0x900; msr++) {
        if (msr == X2APIC_ICR || try_wrmsr(msr, BIT64(32)) != NO_FAULT)
            continue;
        print("write of bit 32 to %x is taken\n", (u64)msr);
        taken++;
    }
    print("writes of bit 32 taken: %u\n", (u64)taken);
}

static void print_write(u32 msr, u64 value)
{
    u64 fault = try_wrmsr(msr, value);

    print("write %x to %x ", value, (u64)msr);
    if (fault == NO_FAULT)
        print_rdmsr(msr);
    else
        print_result(fault, 0);
    print("\n");
}

/* Each register that can be written, with what it keeps; then with one reserved bit. */
static void print_writes(void)
{
    static const struct {
        u32 msr, value;
    } write[] = {
        { 0x802, 0 }, { 0x803, 0 }, { 0x80a, 0 }, { 0x80d, 1 }, { 0x810, 0 }, { 0x820, 0 },
        { 0x839, 0 }, { 0x80e, 0 }, { 0x831, 0 },
        { 0x808, 0x5a }, { 0x808, 0x100 }, { 0x808, 0 },
        { 0x80b, 1 }, { 0x828, 1 }, { 0x828, 0 }, { 0x83f, 0x100 },
        { 0x80f, 0x1ff }, { 0x80f, 0x2ff }, { 0x80f, 0x21ff },
        { 0x82f, 0x100fe }, { 0x82f, 0x800 }, { 0x82f, 0x20000 },
        { 0x832, 0x100fe }, { 0x832, 0x300fe }, { 0x832, 0x100 }, { 0x832, 0x2000 },
        { 0x832, 0x100fe },
        { 0x833, 0x104fe }, { 0x833, 0x2000 }, { 0x834, 0x104fe }, { 0x834, 0x8000 },
        { 0x835, 0x107fe }, { 0x835, 0x1a0fe }, { 0x835, 0x20000 },
        { 0x836, 0x104fe }, { 0x836, 0x20000 },
        { 0x837, 0x100fe }, { 0x837, 0x100 }, { 0x837, 0x10100 },
        { 0x838, 0 }, { 0x83e, 0xb }, { 0x83e, 0x4 }, { 0x83e, 0x10 }, { 0x83e, 0 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(write); i++)
        print_write(write[i].msr, write[i].value);
}

/* While SVR bit 8 is 0, mask bits of the LVT are 1 and stay so. [SDM 10.4.7.2] */
static void software_disable(void)
{
    print("software disabled\n");
    print_write(X2APIC_SVR, 0x1ff);
    print_write(X2APIC_LVT_ERROR, 0xfe);
    print_write(X2APIC_SVR, 0xff);
    print("error entry %x\n", rdmsr(X2APIC_LVT_ERROR));
    print_write(X2APIC_LVT_ERROR, 0xfe);
    print_write(X2APIC_SVR, 0x1ff);
    print("error entry %x\n", rdmsr(X2APIC_LVT_ERROR));
}

void program(void)
{
    print("APIC_BASE %x\n", rdmsr(MSR_IA32_APICBASE));
    reserved_bits();
    range_in_xapic_mode();
    modes();
    wrmsr(X2APIC_SVR, SPURIOUS_APIC_VECTOR);
    print_reads();
    print_writes_of_bit_32();
    print_writes();
    software_disable();
}
