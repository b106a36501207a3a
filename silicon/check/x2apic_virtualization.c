/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RDMSR and WRMSR of x2APIC registers in a guest, under each combination of controls: what comes from
 * the virtual-APIC page, what goes to it, what exits, what faults, what reaches the physical APIC.
 * [SDM 29.5]
 */
#include "guest.h"

#define ALL (SECONDARY_VIRTUALIZE_X2APIC | SECONDARY_APIC_REGISTER_VIRT | \
             SECONDARY_VIRTUAL_INTR_DELIVERY)

/* Each slot says where it was read, in the half that hardware ignores if in no other. */
static void fill_page(void)
{
    for (unsigned at = 0; at < PAGE_SIZE; at += 16) {
        bool acts = at == VAPIC_TPR || (at >= VAPIC_ISR && at < VAPIC_IRR + 0x80);

        vapic_write(at, acts ? 0 : 0xa0000000 | at);
        vapic_write(at + 4, 0xb0000000 | at);
    }
}

static const char *source_of(u32 msr)
{
    unsigned at = (msr & 0xff) << 4;
    u64 value, fault = try_rdmsr(msr, &value);

    if (fault == VECTOR_GP)
        return "#13";
    if (fault != NO_FAULT)
        return "another fault";
    return value == *(u64 *)(guest_vapic + at) ? "page" : "APIC";
}

/* The whole range, in pieces that come from one source. */
static void read_all(void)
{
    const char *last = NULL;

    for (u32 msr = 0x800; msr < 0x840; msr++) {
        const char *source = source_of(msr);

        if (source != last)
            print("  from %x: %s\n", (u64)msr, source);
        last = source;
    }
    tell("reads");
    tell(NULL);
}

static void write_one(u32 msr, u64 value)
{
    u64 fault = try_wrmsr(msr, value);
    unsigned at = (msr & 0xff) << 4;

    print("  %x = %x: ", (u64)msr, value);
    print_result(fault, *(u64 *)(guest_vapic + at));
    print("\n");
}

static void write_all(void)
{
    write_one(X2APIC_TPR, 0x5a);
    write_one(X2APIC_TPR, 0x100);
    write_one(X2APIC_TPR, 1ull << 32);
    write_one(X2APIC_TPR, 0);
    write_one(X2APIC_EOI, 0);
    write_one(X2APIC_EOI, 1);
    write_one(X2APIC_SELF_IPI, 0x31);
    write_one(X2APIC_SELF_IPI, 0x131);
    write_one(X2APIC_LVT_ERROR, 0x100fe);
    write_one(X2APIC_LVT_ERROR, 0x20000);
    tell("writes");
    tell(NULL);
}

/* With virtual-interrupt delivery an illegal vector is the host's to judge. */
static void illegal_self_ipi(void)
{
    wrmsr(X2APIC_SELF_IPI, 0xf);
    tell("83f = f");
    wrmsr(X2APIC_SELF_IPI, 0x10);
    tell("83f = 10");
    tell(NULL);
}

/* The bitmap says that an access exits before anything else looks at it. */
static void intercepted(void)
{
    u64 value;

    try_rdmsr(X2APIC_TPR, &value);
    try_wrmsr(X2APIC_EOI, 1);
    tell("intercepted");
    tell(NULL);
}

static void intercept(u32 msr, bool write)
{
    guest_msr_bitmap[(write ? 2048 : 0) + msr / 8] |= 1 << msr % 8;
}

static void with(const char *what, u32 secondary, void (*code)(void))
{
    const struct guest_controls controls = {
        .pin = PIN_BASED_EXT_INTR_EXITING,
        .cpu = CPU_BASED_TPR_SHADOW | CPU_BASED_ACTIVATE_SECONDARY,
        .secondary = secondary,
        .exit = VM_EXIT_ACK_INTR_ON_EXIT,
    };

    print("%s\n", what);
    guest_set_controls(&controls);
    fill_page();
    guest_run(code);
}

void program(void)
{
    wrmsr(MSR_IA32_APICBASE, rdmsr(MSR_IA32_APICBASE) | APICBASE_EXTD);
    wrmsr(X2APIC_SVR, APIC_SVR_ENABLE | SPURIOUS_APIC_VECTOR);
    if (!guest_init())
        return;
    with("nothing", 0, read_all);
    with("x2APIC mode", SECONDARY_VIRTUALIZE_X2APIC, read_all);
    with("x2APIC mode, register virtualization",
         SECONDARY_VIRTUALIZE_X2APIC | SECONDARY_APIC_REGISTER_VIRT, read_all);
    with("x2APIC mode, virtual-interrupt delivery",
         SECONDARY_VIRTUALIZE_X2APIC | SECONDARY_VIRTUAL_INTR_DELIVERY, read_all);
    with("all", ALL, read_all);
    with("all, writes", ALL, write_all);
    with("x2APIC mode, writes", SECONDARY_VIRTUALIZE_X2APIC, write_all);
    with("illegal vectors", ALL, illegal_self_ipi);
    intercept(X2APIC_TPR, false);
    intercept(X2APIC_EOI, true);
    with("intercepted", ALL, intercepted);
}
