/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual-interrupt delivery with x2APIC virtualization: what each event leaves in RVI, SVI and the
 * virtual-APIC page, and which interrupt the guest takes when. Left out: HLT, which no virtual
 * interrupt ends under Bochs. [SDM 29.1.2 to 29.2.2, 29.5]
 */
#include "guest.h"

static void raise(u32 vector)
{
    wrmsr(X2APIC_SELF_IPI, vector);
}

static void eoi(void)
{
    wrmsr(X2APIC_EOI, 0);
}

static void priorities(void)
{
    tell("start");
    raise(0x31);
    tell("31 raised, IF = 0");
    open_window();
    tell("window");
    raise(0x35);
    open_window();
    tell("35 raised, window");
    raise(0x61);
    open_window();
    tell("61 raised, window");
    eoi();
    tell("EOI");
    eoi();
    tell("EOI");
    open_window();
    tell("window");
    eoi();
    tell("EOI");
    eoi();
    tell("EOI of nothing");
    tell(NULL);
}

static void task_priority(void)
{
    wrmsr(X2APIC_TPR, 0x50);
    tell("TPR 50");
    raise(0x51);
    open_window();
    tell("51 raised, window");
    wrmsr(X2APIC_TPR, 0x4f);
    tell("TPR 4f");
    open_window();
    tell("window");
    wrmsr(X2APIC_TPR, 0x5c);
    tell("TPR 5c");
    wrmsr(X2APIC_TPR, 0x60);
    tell("TPR 60");
    wrmsr(X2APIC_TPR, 0);
    eoi();
    tell("TPR 0, EOI");
    tell(NULL);
}

/* Recognition sticks: nothing but the trigger events changes it. The guest looks itself, without an
 * exit, since every VM entry evaluates. */
static void triggers(void)
{
    raise(0x71);
    raise(0x61);
    print("  VIRR[3] %x\n", (u64)vapic_read(VAPIC_IRR + 0x30));
    open_window();
    print("  after one window VPPR %x", (u64)vapic_read(VAPIC_PPR));
    print_taken();
    open_window();
    print("\n  after another");
    print_taken();
    eoi();
    print("\n  after EOI VPPR %x", (u64)vapic_read(VAPIC_PPR));
    print_taken();
    open_window();
    print("\n  after a window VPPR %x", (u64)vapic_read(VAPIC_PPR));
    print_taken();
    print("\n");
    vapic_write(VAPIC_TPR, 0x90);
    print("  VTPR 90 stored, VPPR %x\n", (u64)vapic_read(VAPIC_PPR));
    eoi();
    print("  EOI, VPPR %x\n", (u64)vapic_read(VAPIC_PPR));
    vapic_write(VAPIC_TPR, 0);
    tell("VTPR 0 stored");
    tell(NULL);
}

static void shadow(void)
{
    raise(0x31);
    asm volatile("sti; cli" : : : "memory");
    tell("sti, cli");
    asm volatile("sti; nop; cli" : : : "memory");
    tell("sti, nop, cli");
    eoi();
    tell(NULL);
}

static void look(void)
{
    tell("entered, IF = 0");
    open_window();
    tell("window");
    open_window();
    tell("window");
    tell(NULL);
}

static void end_all(void)
{
    eoi();
    tell("EOI");
    eoi();
    tell("EOI");
    eoi();
    tell("EOI");
    tell(NULL);
}

static void status(u8 rvi, u8 svi)
{
    vmcs_write16(GUEST_INTR_STATUS, svi << 8 | rvi);
}

/* What the host leaves for the next entry. Hardware looks at RVI and SVI alone. */
static void prepared(void)
{
    vapic_clear();
    vapic_set_vector(VAPIC_IRR, 0x61);
    status(0, 0);
    print("VIRR 61, RVI 0\n");
    guest_run(look);

    vapic_clear();
    status(0x61, 0);
    print("VIRR empty, RVI 61\n");
    guest_run(look);

    vapic_clear();
    vapic_set_vector(VAPIC_IRR, 0x61);
    vapic_set_vector(VAPIC_IRR, 0x92);
    status(0x61, 0);
    print("VIRR 61 and 92, RVI 61\n");
    guest_run(look);

    vapic_clear();
    vapic_set_vector(VAPIC_IRR, 0x61);
    vapic_write(VAPIC_TPR, 0x60);
    status(0x61, 0);
    print("RVI 61, VTPR 60\n");
    guest_run(look);

    vapic_clear();
    vapic_set_vector(VAPIC_IRR, 0x61);
    vapic_set_vector(VAPIC_ISR, 0x71);
    status(0x61, 0x71);
    print("RVI 61, SVI 71\n");
    guest_run(look);
}

/* EOI exits: vector 0 as well, if nothing is in service. */
static void eoi_exits(void)
{
    vapic_clear();
    vapic_set_vector(VAPIC_ISR, 0x41);
    vapic_set_vector(VAPIC_ISR, 0x71);
    vapic_set_vector(VAPIC_IRR, 0x51);
    status(0x51, 0x71);
    vmcs_write64(EOI_EXIT_BITMAP0, 1);
    vmcs_write64(EOI_EXIT_BITMAP0 + 2, 1ull << (0x71 - 0x40));
    print("EOI exits of 0 and 71\n");
    guest_run(end_all);
    vmcs_write64(EOI_EXIT_BITMAP0, 0);
    vmcs_write64(EOI_EXIT_BITMAP0 + 2, 0);
}

/* The exit is for the host; the virtual interrupt comes when the control has been cleared. */
static void window(void)
{
    struct guest_controls controls = vapic_controls;

    controls.cpu |= CPU_BASED_INTERRUPT_WINDOW;
    guest_set_controls(&controls);
    vapic_clear();
    vapic_set_vector(VAPIC_IRR, 0x61);
    status(0x61, 0);
    print("interrupt-window exiting, RVI 61\n");
    guest_run(look);
}

static void run(const char *what, void (*code)(void))
{
    vapic_clear();
    status(0, 0);
    print("%s\n", what);
    guest_run(code);
}

void program(void)
{
    if (!guest_init())
        return;
    guest_set_controls(&vapic_controls);
    run("priorities", priorities);
    run("task priority", task_priority);
    run("triggers", triggers);
    run("STI shadow", shadow);
    prepared();
    eoi_exits();
    window();
}
