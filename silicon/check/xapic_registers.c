/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers of the local APIC in xAPIC mode: what they hold and keep, sending by ICR with
 * physical, flat and cluster destinations, priorities, errors. [SDM 10.4 to 10.8]
 */
#include "program.h"
#include "xapic.h"

static void print_reads(void)
{
    static const u16 at[] = {
        XAPIC_ID, XAPIC_VERSION, XAPIC_TPR, XAPIC_PPR, XAPIC_LDR, XAPIC_DFR, XAPIC_SVR, XAPIC_ESR,
        0x2f0, 0x320, 0x330, 0x340, 0x350, 0x360, 0x370, 0x380, 0x390, 0x3e0,
    };

    for (size_t i = 0; i < ARRAY_SIZE(at); i++)
        print("%x holds %x\n", (u64)at[i], (u64)xapic_read(at[i]));
}

/* What a register keeps of a value. */
static void print_writes(void)
{
    static const struct {
        u16 at;
        u32 value;
    } write[] = {
        { XAPIC_VERSION, 0 }, { XAPIC_TPR, 0xffffff5a }, { XAPIC_TPR, 0 }, { XAPIC_PPR, 0xff },
        { XAPIC_LDR, 0xffffffff }, { XAPIC_LDR, 0x02000000 },
        { XAPIC_DFR, 0 }, { XAPIC_DFR, 0xf0000000 },
        { 0x2f0, 0xffffffff }, { 0x320, 0xfff900fe }, { 0x330, 0xfff9ffff }, { 0x340, 0xffffffff },
        { 0x350, 0xffff8fff }, { 0x360, 0xffff2fff }, { 0x370, 0xffffffff },
        { 0x380, 0 }, { 0x390, 5 }, { 0x3e0, 0xffffffff }, { 0x3e0, 0 },
        { XAPIC_ICR_HIGH, 0x12345678 }, { XAPIC_SVR, 0x1ff },
    };

    for (size_t i = 0; i < ARRAY_SIZE(write); i++) {
        xapic_write(write[i].at, write[i].value);
        print("%x = %x: %x\n", (u64)write[i].at, (u64)write[i].value,
              (u64)xapic_read(write[i].at));
    }
}

static void print_state(const char *what)
{
    open_window();
    print("%s: PPR %x", what, (u64)xapic_read(XAPIC_PPR));
    print_xapic_bits("IRR", XAPIC_IRR);
    print_xapic_bits("ISR", XAPIC_ISR);
    print_taken();
    xapic_write(XAPIC_ESR, 0);
    print(" ESR %x\n", (u64)xapic_read(XAPIC_ESR));
    xapic_write(XAPIC_EOI, 0);
}

static void send(const char *what, u8 destination, u32 low)
{
    xapic_write(XAPIC_ICR_HIGH, (u32)destination << 24);
    xapic_write(XAPIC_ICR_LOW, low);
    print_state(what);
}

static void physical(void)
{
    send("to id 0", 0, 0x41);
    send("to id 1", 1, 0x42);
    send("to id ff", 0xff, 0x43);
    send("to itself", 0, 0x40044);
    send("to all", 0, 0x80045);
    send("to all but itself", 0, 0xc0046);
    send("lowest priority to id 0", 0, 0x147);
    send("level, assert", 0, 0xc048);
    send("vector f", 0, 0xf);
    send("vector f to itself", 0, 0x4000f);
}

/* [SDM 10.6.2.2] */
static void logical(void)
{
    xapic_write(XAPIC_DFR, 0xffffffff);
    xapic_write(XAPIC_LDR, 0x02000000);
    send("flat 02, to 06", 0x06, 0x851);
    send("flat 02, to 05", 0x05, 0x852);
    send("flat 02, to ff", 0xff, 0x853);
    send("flat 02, to 0", 0, 0x854);
    xapic_write(XAPIC_DFR, 0x0fffffff);
    xapic_write(XAPIC_LDR, 0x21000000);
    send("cluster 21, to 23", 0x23, 0x855);
    send("cluster 21, to 13", 0x13, 0x856);
    send("cluster 21, to 22", 0x22, 0x857);
    send("cluster 21, to ff", 0xff, 0x858);
    xapic_write(XAPIC_DFR, 0xffffffff);
    xapic_write(XAPIC_LDR, 0);
    send("LDR 0, to 1", 1, 0x859);
}

static void reserved(void)
{
    print("register 40 reads %x\n", (u64)xapic_read(0x40));
    print_state("ESR of a reserved register");
    xapic_write(0x40, 0);
    print_state("ESR of a write to it");
}

void program(void)
{
    xapic_write(XAPIC_SVR, SPURIOUS_APIC_VECTOR);
    print_reads();
    xapic_write(XAPIC_SVR, APIC_SVR_ENABLE | SPURIOUS_APIC_VECTOR);
    print_writes();
    print_state("start");
    physical();
    logical();
    reserved();
}
