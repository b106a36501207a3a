/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Classes, nesting, TPR, CR8; see apic_program.h. [SDM 10.8.3, 10.8.6] */
#include "apic_program_internal.h"

static u64 read_cr8(void)
{
    u64 value;

    asm volatile("mov %%cr8, %0" : "=r"(value));
    return value;
}

static u64 try_cr8(u64 value)
{
    return GUARDED("mov %0, %%cr8", , "r"(value));
}

void classes(void)
{
    raise(0x41);
    raise(0x61);
    raise(0x51);
    apic_program_state("41, 61, 51 raised");
    apic_program_window("window");
    raise(0x51);
    raise(0x5a);
    raise(0x51);
    apic_program_window("51, 5a, 51 raised, window");
    wr(XAPIC_EOI, 0);
    apic_program_state("EOI of nothing");
}

/* `inner` comes inside of the handler of `outer`: before its EOI, behind it, or in its class's turn. */
static void nest(u32 outer, u32 inner, const char *what)
{
    next_raise = inner;
    next_window = 1;
    raise(outer);
    apic_program_window(what);
}

void nested(void)
{
    nest(0x51, 0x71, "71 inside of 51");
    nest(0x51, 0x41, "41 inside of 51");
    nest(0x51, 0x5a, "5a inside of 51");
    nest(0x51, 0x51, "51 inside of 51");
    next_raise = 0x61;
    raise(0x51);
    apic_program_window("61 inside of 51, which stays closed");
}

void tpr_by_register(void)
{
    wr(XAPIC_TPR, 0x50);
    raise(0x5a);
    apic_program_window("TPR 50, 5a raised, window");
    raise(0x61);
    apic_program_window("61 raised, window");
    wr(XAPIC_TPR, 0x60);
    wr(XAPIC_TPR, 0x4f);
    apic_program_state("TPR 60, then 4f");
    apic_program_window("window");
}

/* With interrupts open: TPR itself lets them come. */
void tpr_lowered(void)
{
    wr(XAPIC_TPR, 0x70);
    raise(0x41);
    raise(0x61);
    asm volatile("sti; nop" : : : "memory");
    apic_program_state("TPR 70, 41 and 61 raised, open");
    wr(XAPIC_TPR, 0x50);
    apic_program_state("TPR 50");
    wr(XAPIC_TPR, 0x20);
    apic_program_state("TPR 20");
    asm volatile("cli" : : : "memory");
    wr(XAPIC_TPR, 0);
}

static void set_cr8(u64 value)
{
    asm volatile("mov %0, %%cr8" : : "r"(value) : "memory");
}

void by_cr8(void)
{
    wr(XAPIC_TPR, 0x5a);
    print("TPR 5a: CR8 %x\n", read_cr8());
    fault("CR8 = 10", try_cr8(0x10));
    set_cr8(7);
    print("CR8 7: TPR %x CR8 %x\n", (u64)rd(XAPIC_TPR), read_cr8());
    raise(0x41);
    raise(0x61);
    asm volatile("sti; nop" : : : "memory");
    apic_program_state("41 and 61 raised, open");
    set_cr8(6);
    apic_program_state("CR8 6");
    set_cr8(5);
    apic_program_state("CR8 5");
    set_cr8(3);
    apic_program_state("CR8 3");
    asm volatile("cli" : : : "memory");
    set_cr8(0);
}

/* PPR is the higher of TPR and what is in service, by class. */
static void with_tpr(u32 tpr, const char *what)
{
    next_tpr = tpr;
    raise(0x51);
    apic_program_window(what);
    wr(XAPIC_TPR, 0);
}

void in_service(void)
{
    wr(XAPIC_TPR, 0x60);
    raise(0x61);
    apic_program_window("TPR 60, 61 raised, window");
    wr(XAPIC_TPR, 0x20);
    nest(0x51, 0x42, "TPR 20, 51 raised, 42 inside of 61");
    wr(XAPIC_TPR, 0);
    with_tpr(0x4f, "TPR 4f inside of 51");
    with_tpr(0x5a, "TPR 5a inside of 51");
    with_tpr(0x61, "TPR 61 inside of 51");
}

void halted(void)
{
    raise(0x41);
    asm volatile("sti; hlt; cli" : : : "memory");
    apic_program_state("41 raised, sti, hlt");
}
