/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's accesses to the APIC-access page under each combination of controls: what is read from
 * and written to the virtual-APIC page, what exits with which qualification. [SDM 29.4]
 */
#include "guest.h"
#include "xapic.h"

static struct guest_controls controls = {
    .pin = PIN_BASED_EXT_INTR_EXITING,
    .cpu = CPU_BASED_TPR_SHADOW | CPU_BASED_ACTIVATE_SECONDARY,
    .exit = VM_EXIT_ACK_INTR_ON_EXIT,
};

#define NO_EXIT 0x100

/* What became of an access: the exit and what its qualification says beside the offset, or none. */
struct outcome {
    u64 exit, flags;
    u32 value;
};

static void print_outcome(unsigned at, struct outcome o)
{
    print("  %x: ", (u64)at);
    if (o.exit == NO_EXIT)
        print("no exit, %x\n", (u64)o.value);
    else
        print("exit %u flags %x, %x\n", o.exit, o.flags, (u64)o.value);
}

static struct outcome outcome_of(unsigned at, u32 value)
{
    return (struct outcome) { guest_last_exit, guest_last_qualification - at, value };
}

/* The value read: 1 if it is the page's; it stays 0 if the access exits and is skipped. */
static struct outcome try_read(unsigned at)
{
    u32 value = 0;

    guest_last_exit = NO_EXIT;
    asm volatile("movl (%1), %0" : "+r"(value) : "r"(XAPIC_BASE + at) : "memory");
    return outcome_of(at, value && value == vapic_read(at));
}

/* The value: what the page holds afterwards, if that is new. */
static struct outcome try_write(unsigned at)
{
    u32 before = vapic_read(at);

    guest_last_exit = NO_EXIT;
    xapic_write(at, 0x12345678);
    return outcome_of(at, vapic_read(at) == before ? 0 : vapic_read(at));
}

/* All slots, in ranges of one outcome. */
static void print_ranges(struct outcome (*try)(unsigned at))
{
    struct outcome last = { 0 };

    for (unsigned at = 0; at < 0x400; at += 0x10) {
        struct outcome o = try(at);

        if (o.exit == NO_EXIT)
            o.flags = 0;
        if (o.exit != last.exit || o.flags != last.flags || o.value != last.value)
            print_outcome(at, o);
        last = o;
    }
    tell(NULL);
}

static void read_all(void)
{
    print_ranges(try_read);
}

/* One line each, whatever comes out. */
static void read_some(void)
{
    static const u16 at[] = { VAPIC_TPR, VAPIC_PPR, VAPIC_EOI, VAPIC_ISR, VAPIC_ICR, XAPIC_ICR_HIGH };

    for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
        struct outcome o = try_read(at[i]);

        print_outcome(at[i], o);
    }
    tell(NULL);
}

static void write_all(void)
{
    print_ranges(try_write);
}

/* Registers whose writes do something. */
static void events(void)
{
    xapic_write(XAPIC_TPR, 0xffffff50);
    tell("TPR = ffffff50");
    xapic_write(XAPIC_ICR_LOW, 0x40061);
    tell("ICR: 61 to itself");
    open_window();
    tell("window");
    xapic_write(XAPIC_EOI, 0x1234);
    print("  VEOI %x\n", (u64)vapic_read(XAPIC_EOI));
    tell("EOI");
    xapic_write(XAPIC_ICR_LOW, 0x4000f);
    tell("ICR: f to itself");
    xapic_write(XAPIC_ICR_LOW, 0x40461);
    tell("ICR: NMI to itself");
    xapic_write(XAPIC_ICR_LOW, 0x80061);
    tell("ICR: 61 to all");
    xapic_write(XAPIC_ICR_LOW, 0x41061);
    tell("ICR: with delivery status");
    xapic_write(XAPIC_ICR_LOW, 0x44871);
    tell("ICR: 71 to itself, level and logical");
    xapic_write(XAPIC_ICR_HIGH, 0x12345678);
    print("  VICR_HI %x\n", (u64)vapic_read(XAPIC_ICR_HIGH));
    tell(NULL);
}

/* Neither 32 bits at an aligned slot, nor plain data. */
static void odd_accesses(void)
{
    u64 wide = 0;
    u8 byte = 0;

    asm volatile("movq (%1), %0" : "+r"(wide) : "r"(XAPIC_BASE + XAPIC_TPR));
    asm volatile("movb (%1), %0" : "+r"(byte) : "r"(XAPIC_BASE + XAPIC_TPR));
    print("  a byte of TPR %x\n", (u64)byte);
    asm volatile("movl (%1), %k0" : "+r"(wide) : "r"(XAPIC_BASE + XAPIC_TPR + 4));
    asm volatile("movl (%1), %k0" : "+r"(wide) : "r"(XAPIC_BASE + XAPIC_TPR + 2));
    asm volatile("movl %k0, (%1)" : : "r"(wide), "r"(XAPIC_BASE + XAPIC_TPR + 4) : "memory");
    tell(NULL);
}

static void fill_page(void)
{
    vapic_clear();
    for (unsigned at = 0; at < 0x400; at += 16)
        if (at < VAPIC_ISR || at >= VAPIC_IRR + 0x80)
            vapic_write(at, 0xa0000000 | at);
}

static void run(const char *what, u32 secondary, void (*code)(void))
{
    print("%s\n", what);
    controls.secondary = SECONDARY_APIC_ACCESSES | secondary;
    guest_is_quiet = code != events && code != odd_accesses;
    fill_page();
    guest_set_controls(&controls);
    guest_run(code);
}

void program(void)
{
    const u32 reg = SECONDARY_APIC_REGISTER_VIRT, vid = SECONDARY_VIRTUAL_INTR_DELIVERY;

    wrmsr(MSR_IA32_APICBASE, rdmsr(MSR_IA32_APICBASE) | APICBASE_EXTD);
    wrmsr(X2APIC_SVR, APIC_SVR_ENABLE | SPURIOUS_APIC_VECTOR);
    if (!guest_init())
        return;
    vmcs_write64(APIC_ACCESS_ADDR, XAPIC_BASE);
    run("APIC accesses, reads", 0, read_all);
    run("virtual-interrupt delivery, reads", vid, read_some);
    run("register virtualization, reads", reg, read_all);
    run("both, reads", reg | vid, read_all);
    run("APIC accesses, writes", 0, write_all);
    run("virtual-interrupt delivery, writes", vid, write_all);
    run("register virtualization, writes", reg, write_all);
    run("both, writes", reg | vid, write_all);
    run("APIC accesses, events", 0, events);
    run("virtual-interrupt delivery, events", vid, events);
    run("register virtualization, events", reg, events);
    run("both, events", reg | vid, events);
    run("both, odd accesses", reg | vid, odd_accesses);
}
