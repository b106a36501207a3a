/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See apic_program.h. [SDM 10.4 to 10.12]
 */
#include "apic_program.h"

#include "xapic.h"

#define CMCI            0x2f0
#define LVT_TIMER       0x320
#define LVT_LINT0       0x350
#define LVT_ERROR       0x370
#define INITIAL         0x380
#define CURRENT         0x390
#define DIVIDE          0x3e0
#define SELF_IPI        0x3f0
#define NO_REGISTER     0x040
#define MSR_DEADLINE    0x6e0

#define TO_SELF         0x40000
#define TO_ALL          0x80000
#define TO_OTHERS       0xc0000
#define LOGICAL         0x800
#define LOWEST          0x100
#define NMI             0x400
#define MASKED          0x10000
#define PERIODIC        0x20000
#define TSC_DEADLINE    0x40000
#define BY_1            0xb
#define BY_16           0x3
#define VECTOR_NMI      2
#define LONG            10000000    /* not over while a line is printed */
#define POLLED          4096
#define LOG_MAX         16

struct gate_struct apic_program_idt[256];

static bool x2;

/* ---- Registers ---- */

static u32 rd(unsigned at)
{
    return x2 ? rdmsr(0x800 + at / 16) : xapic_read(at);
}

static void wr(unsigned at, u32 value)
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

static void send(u32 destination, u32 low)
{
    if (x2) {
        wrmsr(X2APIC_ICR, (u64)destination << 32 | low);
        return;
    }
    wr(XAPIC_ICR_HIGH, destination << 24);
    wr(XAPIC_ICR_LOW, low);
}

static void raise(u32 vector)
{
    wr(XAPIC_ICR_LOW, TO_SELF | vector);
}

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

static u64 rdtsc(void)
{
    u32 low, high;

    asm volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (u64)high << 32 | low;
}

/* ---- Handlers: "41/40(" with PPR, what comes inside, ")" ---- */

#define LOG_END 0x10000

static volatile u32 logged;
static u32 log_entry[LOG_MAX];
static volatile u32 next_raise, next_window, next_tpr;  /* for the handler that begins next */

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

static void print_log(void)
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

static void hold(const char *what, unsigned at, u32 value)
{
    wr(at, value);
    print("%s %x\n", what, (u64)rd(at));
}

static void fault(const char *what, u64 vector)
{
    print("%s ", what);
    print_result(vector, 0);
    print("\n");
}

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

static void registers(void)
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

/* ---- Priorities ---- */

static void classes(void)
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

static void nested(void)
{
    nest(0x51, 0x71, "71 inside of 51");
    nest(0x51, 0x41, "41 inside of 51");
    nest(0x51, 0x5a, "5a inside of 51");
    nest(0x51, 0x51, "51 inside of 51");
    next_raise = 0x61;
    raise(0x51);
    apic_program_window("61 inside of 51, which stays closed");
}

static void tpr_by_register(void)
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
static void tpr_lowered(void)
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

static void by_cr8(void)
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

static void in_service(void)
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

static void halted(void)
{
    raise(0x41);
    asm volatile("sti; hlt; cli" : : : "memory");
    apic_program_state("41 raised, sti, hlt");
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

static void sending(void)
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

static void errors(void)
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
static void disabled(void)
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

/* ---- The timer: nothing is printed that depends on time ---- */

static const char *zero(u64 value)
{
    return value ? "not 0" : "0";
}

static void timer(const char *what)
{
    print("%s: timer %x initial %x current %s deadline %s", what, (u64)rd(LVT_TIMER),
          (u64)rd(INITIAL), zero(rd(CURRENT)), zero(rdmsr(MSR_DEADLINE)));
    print_log();
    print("\n");
}

static void expire(const char *what)
{
    asm volatile("sti; hlt; cli" : : : "memory");
    timer(what);
}

static void one_shot(void)
{
    wr(DIVIDE, BY_1);
    wr(LVT_TIMER, 0x51);
    wr(INITIAL, LONG);
    timer("one-shot");
    wr(INITIAL, 0);
    timer("stopped");
    wr(INITIAL, LONG);
    expire("expired");
    open_window();
    timer("once");
}

/* Long enough that a divisor which does not count shows, even where each look is a VM exit. */
static void poll(u32 divide, u32 ticks, const char *what)
{
    u64 begin = rdtsc();

    wr(DIVIDE, divide);
    wr(INITIAL, POLLED);
    while (rd(CURRENT))
        asm volatile("pause");
    print("%s: %s\n", what, rdtsc() - begin >= POLLED * ticks ? "not early" : "early");
}

/* It counts, and the interrupt is lost. */
static void masked(void)
{
    wr(LVT_TIMER, MASKED | 0x51);
    poll(BY_1, 1, "by 1");
    poll(BY_16, 16, "by 16");
    wr(LVT_TIMER, 0x51);
    open_window();
    timer("masked, expired, unmasked");
    wr(DIVIDE, BY_1);
}

static void periodic(void)
{
    wr(LVT_TIMER, PERIODIC | 0x51);
    wr(INITIAL, LONG / 10);
    timer("periodic");
    expire("expired");
    expire("expired");
    wr(LVT_TIMER, PERIODIC | MASKED | 0x51);
    timer("masked");
    wr(INITIAL, 0);
    wr(LVT_TIMER, PERIODIC | 0x51);
    open_window();
    timer("stopped");
}

static void deadline(void)
{
    wrmsr(MSR_DEADLINE, rdtsc() + LONG);
    timer("deadline in periodic mode");
    wr(LVT_TIMER, TSC_DEADLINE | 0x51);
    asm volatile("mfence" : : : "memory");
    wr(INITIAL, LONG);
    timer("initial count in TSC-deadline mode");
    wrmsr(MSR_DEADLINE, rdtsc() + LONG);
    timer("armed");
    wrmsr(MSR_DEADLINE, 0);
    timer("disarmed");
    wrmsr(MSR_DEADLINE, rdtsc() + LONG);
    expire("expired");
    wrmsr(MSR_DEADLINE, 1);
    open_window();
    timer("in the past");
    wrmsr(MSR_DEADLINE, rdtsc() + LONG);
    wr(LVT_TIMER, 0x51);
    timer("armed, then one-shot");
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
