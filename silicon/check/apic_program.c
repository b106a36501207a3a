/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See apic_program.h. [SDM 10.4 to 10.12]
 */
#include "apic_program_internal.h"

struct gate_struct apic_program_idt[256];

bool x2;

/* ---- Registers ---- */

u32 rd(unsigned at)
{
    return x2 ? rdmsr(0x800 + at / 16) : xapic_read(at);
}

void wr(unsigned at, u32 value)
{
    if (x2)
        wrmsr(0x800 + at / 16, value);
    else
        xapic_write(at, value);
}

void apic_program_write(unsigned at, u32 value)
{
    wr(at, value);
}

static u32 word(unsigned index, unsigned at)
{
    return rd(at + 16 * index);
}

void send(u32 destination, u32 low)
{
    if (x2) {
        wrmsr(X2APIC_ICR, (u64)destination << 32 | low);
        return;
    }
    wr(XAPIC_ICR_HIGH, destination << 24);
    wr(XAPIC_ICR_LOW, low);
}

void raise(u32 vector)
{
    wr(XAPIC_ICR_LOW, TO_SELF | vector);
}

/* ---- Handlers: "41/40(" with PPR, what comes inside, ")" ---- */

#define LOG_END 0x10000

static volatile u32 logged;
static u32 log_entry[LOG_MAX];
volatile u32 next_raise, next_window, next_tpr;

static void note(u32 entry)
{
    if (logged < LOG_MAX)
        log_entry[logged] = entry;
    logged++;
}

static void handle(u32 vector)
{
    u32 raised = next_raise, window = next_window;

    if (next_tpr)
        wr(XAPIC_TPR, next_tpr);
    next_tpr = 0;
    note(vector | rd(XAPIC_PPR) << 8);
    next_raise = next_window = 0;
    if (raised)
        raise(raised);
    if (window)
        open_window();
    wr(XAPIC_EOI, 0);
    if (window)
        open_window();
    note(LOG_END);
}

/* Another one from within waits for IRET. */
static void __attribute__((interrupt)) handle_nmi(void *frame)
{
    u32 again = next_raise;

    (void)frame;
    note(VECTOR_NMI | rd(XAPIC_PPR) << 8);
    next_raise = 0;
    if (again)
        send(0, NMI);
    note(LOG_END);
}

#define HANDLER(vector)                                                             \
    static void __attribute__((interrupt)) handler_##vector(void *frame)            \
    {                                                                               \
        (void)frame;                                                                \
        handle(0x##vector);                                                         \
    }

HANDLER(41) HANDLER(42) HANDLER(51) HANDLER(5a) HANDLER(61) HANDLER(71) HANDLER(e1)

void apic_program_init(void)
{
    for (int i = 0; i < 256; i++)
        apic_program_idt[i] = idt_table[i];
    gate_init(&apic_program_idt[VECTOR_NMI], (u64)handle_nmi, 0);
    gate_init(&apic_program_idt[0x41], (u64)handler_41, 0);
    gate_init(&apic_program_idt[0x42], (u64)handler_42, 0);
    gate_init(&apic_program_idt[0x51], (u64)handler_51, 0);
    gate_init(&apic_program_idt[0x5a], (u64)handler_5a, 0);
    gate_init(&apic_program_idt[0x61], (u64)handler_61, 0);
    gate_init(&apic_program_idt[0x71], (u64)handler_71, 0);
    gate_init(&apic_program_idt[0xe1], (u64)handler_e1, 0);
}

void print_log(void)
{
    print(" took");
    for (u32 i = 0; i < logged && i < LOG_MAX; i++)
        if (log_entry[i] == LOG_END)
            print(" )");
        else
            print(" %x/%x(", (u64)log_entry[i] & 0xff, (u64)log_entry[i] >> 8);
    if (!logged)
        print(" none");
    logged = 0;
}

void apic_program_state(const char *what)
{
    print("%s: TPR %x PPR %x", what, (u64)rd(XAPIC_TPR), (u64)rd(XAPIC_PPR));
    print_bits("IRR", word, XAPIC_IRR);
    print_bits("ISR", word, XAPIC_ISR);
    print_log();
    print("\n");
}

void apic_program_window(const char *what)
{
    open_window();
    apic_program_state(what);
}

/* ---- Registers that only hold something ---- */

void apic_program_begin(bool x2apic)
{
    x2 = x2apic;
    logged = 0;
    wr(XAPIC_SVR, SPURIOUS_APIC_VECTOR);
    for (unsigned at = LVT_TIMER; at <= LVT_ERROR; at += 16)
        wr(at, MASKED);
    wr(CMCI, MASKED);
    wr(INITIAL, 0);
    wr(XAPIC_TPR, 0);
    wr(XAPIC_SVR, APIC_SVR_ENABLE | SPURIOUS_APIC_VECTOR);
    wr(XAPIC_ESR, 0);
    wr(XAPIC_ESR, 0);
}

void hold(const char *what, unsigned at, u32 value)
{
    wr(at, value);
    print("%s %x\n", what, (u64)rd(at));
}

void fault(const char *what, u64 vector)
{
    print("%s ", what);
    print_result(vector, 0);
    print("\n");
}

void apic_program(bool x2apic)
{
    apic_program_begin(x2apic);
    registers();
    classes();
    nested();
    tpr_by_register();
    tpr_lowered();
    by_cr8();
    in_service();
    halted();
    sending();
    errors();
    disabled();
    one_shot();
    masked();
    periodic();
    deadline();
}

static void load_idt(struct gate_struct *idt)
{
    struct desc_ptr idtr = { 256 * sizeof(*idt) - 1, (u64)idt };

    asm volatile("lidt %0" : : "m"(idtr));
}

void apic_program_bare(bool x2apic)
{
    load_idt(apic_program_idt);
    apic_program(x2apic);
    load_idt(idt_table);
}
