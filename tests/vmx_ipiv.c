/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPI virtualization on a core (SDM vol. 3, later editions: "IPI Virtualization", "APIC-Write
 * Emulation", "Virtualizing MSR-Based APIC Accesses"): a guest writes the ICR, by WRMSR 830h.
 */
#include "tests/vmx_fixture.h"
#include "vmx/ipiv.h"

/* The guest; copied behind the code of the fixture. */
__asm__(".pushsection .rodata\n"
        "ipiv_guest:\n"
        "  mov $0x830, %ecx\n"
        "  mov ipiv_low(%rip), %eax\n  mov ipiv_high(%rip), %edx\n"
        "  wrmsr\n"
        "ipiv_after:\n"
        "  mov $1, %ebx\n" /* shows that the guest has gone on */
        "1: hlt\n  jmp 1b\n"
        "ipiv_low: .long 0\n"
        "ipiv_high: .long 0\n"
        "ipiv_fault:\n" /* the guest's handler of #GP */
        "  mov $13, %ebx\n"
        "2: hlt\n  jmp 2b\n"
        "ipiv_end:\n"
        ".popsection\n");
extern const uint8_t ipiv_guest[], ipiv_after[], ipiv_low[], ipiv_high[], ipiv_fault[], ipiv_end[];

enum {
    IPIV_CODE = 0x12000,
    TABLE = 0x30000,
    TARGET = 0x31040, /* the descriptor of virtual CPU 1 */
    LAST = 2,         /* index of the last entry of the table */
    NOTIFIED = 0xf2,
};
#define CONTROL (1ull << 32 | NOTIFIED << 16) /* NDST = 1, NV */

static uint64_t ipiv_at(const uint8_t *label)
{
    return WINDOW + IPIV_CODE + (uint64_t)(label - ipiv_guest);
}

static void entry(unsigned index, uint64_t value)
{
    memory_write(&m->memory, TABLE + 8 * index, 8, value);
}

static void set_up_ipiv(void)
{
    set_up();
    memcpy(m->memory.ram + IPIV_CODE, ipiv_guest, (size_t)(ipiv_end - ipiv_guest));
    v->field[VMCS_PROC_CONTROLS] |= PROC_TERTIARY;
    v->field[VMCS_TERTIARY_CONTROLS] = TER_IPI_VIRTUALIZATION;
    v->field[VMCS_PID_POINTER_TABLE] = TABLE;
    v->field[VMCS_LAST_PID_INDEX] = LAST;
    v->field[VMCS_GUEST_RIP] = ipiv_at(ipiv_guest);
    set_gate(13, ipiv_at(ipiv_fault));
    for (unsigned i = 0; i <= LAST; i++)
        entry(i, TARGET | 1);
    memory_write(&m->memory, TARGET + PID_CONTROL, 8, CONTROL);
    visible_add(&m->visibility, TARGET, 64);
    visible_add(&m->visibility, TABLE, 64);
}

TestSuite(vmx_ipiv, .init = set_up_ipiv);

static void icr_is(uint32_t low, uint32_t high)
{
    memory_write(&m->memory, ipiv_at(ipiv_low) - WINDOW, 4, low);
    memory_write(&m->memory, ipiv_at(ipiv_high) - WINDOW, 4, high);
}

/* The guest writes this ICR. */
static void write_icr(uint32_t low, uint32_t high)
{
    icr_is(low, high);
    start();
    run();
}

/* Another one, from the same start. */
static void write_icr_instead(uint32_t low, uint32_t high)
{
    m->core_ops->begin(m->cpu);
    trace[0] = 0;
    icr_is(low, high);
    run();
}

static uint64_t control(void)
{
    return memory_at(TARGET + PID_CONTROL, 8);
}

static bool posted(unsigned vector)
{
    return memory_at(TARGET + 8 * (vector / 64), 8) >> vector % 64 & 1;
}

static bool pir_is_empty(void)
{
    uint64_t all = 0;
    for (unsigned i = 0; i < PID_WORDS; i++)
        all |= memory_at(TARGET + 8 * i, 8);
    return !all;
}

/* In any case the page holds the value first: a store of 8 bytes (29.5). */
static void page_holds(uint64_t value)
{
    cr_expect_eq(memory_at(VAPIC + 0x300, 8), value, "%s", trace);
}

static void goes_on(void)
{
    cr_assert(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RBX), 1);
}

/* The trap-like exit: reason 56, qualification 300h, the instruction has retired. */
static void has_exited(uint32_t low, uint32_t high)
{
    cr_assert_not(vmx_non_root(x, 0), "%#x to %u: %s", low, high, trace);
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_APIC_WRITE);
    cr_expect_eq(v->field[VMCS_EXIT_QUALIFICATION], 0x300);
    cr_expect_eq(v->field[VMCS_GUEST_RIP], ipiv_at(ipiv_after), "behind the WRMSR");
    page_holds((uint64_t)high << 32 | low);
    cr_expect(pir_is_empty());
    cr_expect_eq(control(), CONTROL);
    cr_expect_eq(m->state->queue[0].sent, 0);
}

static void exits(uint32_t low, uint32_t high)
{
    write_icr(low, high);
    has_exited(low, high);
}

/* ---- V22 ---- */

Test(vmx_ipiv, V22_last_index_is_posted)
{
    write_icr(0x41, LAST);
    goes_on();
    page_holds((uint64_t)LAST << 32 | 0x41);
    cr_expect(posted(0x41));
    cr_expect_eq(control(), CONTROL | PID_ON, "ON, and nothing else");
    cr_expect(message_in_flight(m, NOTIFIED, 1), "NV to NDST");
    cr_expect_eq(m->state->queue[0].sent, 1);
}

Test(vmx_ipiv, V22_index_beyond_the_last_exits)
{
    entry(LAST + 1, TARGET | 1); /* there would be one */
    exits(0x41, LAST + 1);
}

/* FFFFFFFFh, the broadcast of x2APIC mode, is beyond every last index. */
Test(vmx_ipiv, V22_broadcast_exits)
{
    v->field[VMCS_LAST_PID_INDEX] = 0xffff;
    exits(0x41, 0xffffffff);
}

Test(vmx_ipiv, V22_invalid_entry_exits)
{
    entry(1, TARGET);
    exits(0x41, 1);
}

/* 0 is an address like others. */
Test(vmx_ipiv, V22_a_descriptor_at_address_0_is_posted_to)
{
    entry(1, 1);
    write_icr(0x41, 1);
    goes_on();
    cr_expect_eq(memory_at(0x41 / 64 * 8, 8), 1ull << 0x41 % 64);
}

Test(vmx_ipiv, V22_reserved_bit_of_an_entry_exits)
{
    entry(1, TARGET | 1 | 1 << 3);
    exits(0x41, 1);
}

/* Bits beyond the physical-address width: 46 here. */
Test(vmx_ipiv, V22_entry_beyond_the_physical_width_exits)
{
    entry(1, 1ull << VMX_PHYSICAL_BITS | TARGET | 1);
    exits(0x41, 1);
}

Test(vmx_ipiv, V22_illegal_vector_exits)
{
    exits(0x0f, 1);
}

Test(vmx_ipiv, V22_vector_10h_is_posted)
{
    write_icr(0x10, 1);
    goes_on();
    cr_expect(posted(0x10));
}

/* PIR only: neither ON nor a message. */
Test(vmx_ipiv, V22_suppressed)
{
    memory_write(&m->memory, TARGET + PID_CONTROL, 8, CONTROL | PID_SN);
    write_icr(0xe5, 1);
    goes_on();
    cr_expect(posted(0xe5));
    cr_expect_eq(control(), CONTROL | PID_SN);
    cr_expect_eq(m->state->queue[0].sent, 0);
}

Test(vmx_ipiv, V22_outstanding)
{
    memory_write(&m->memory, TARGET + PID_CONTROL, 8, CONTROL | PID_ON);
    write_icr(0x41, 1);
    goes_on();
    cr_expect(posted(0x41));
    cr_expect_eq(control(), CONTROL | PID_ON);
    cr_expect_eq(m->state->queue[0].sent, 0);
}

/* ---- The shape of the ICR, "Virtualizing MSR-Based APIC Accesses": what does not fit exits ---- */

static const uint32_t not_in_shape[] = {
    1 << 18,     2 << 18, 3 << 18,             /* shorthands: self, all, others */
    1 << 15,                                   /* level-triggered */
    1 << 12,                                   /* unused, and must be 0 */
    1 << 11,                                   /* logical destination */
    1 << 8,      2 << 8,  4 << 8,  5 << 8, 6 << 8, /* lowest priority, SMI, NMI, INIT, start-up */
};

enum { SHAPES = sizeof not_in_shape / sizeof *not_in_shape };

Test(vmx_ipiv, shapes_that_exit)
{
    start();
    for (unsigned i = 0; i < SHAPES; i++) {
        write_icr_instead(not_in_shape[i] | 0x41, 1);
        has_exited(not_in_shape[i] | 0x41, 1);
    }
}

/* Bit 14, "level", is not looked at. */
Test(vmx_ipiv, assert_bit_does_not_matter)
{
    write_icr(1 << 14 | 0x41, 1);
    goes_on();
    cr_expect(posted(0x41));
}

/* 31:20, 17:16 and 13: #GP, and the page keeps what it had. */
Test(vmx_ipiv, reserved_bits_fault)
{
    start();
    for (unsigned bit = 0; bit < 32; bit++) {
        if (!(0xfff32000u >> bit & 1))
            continue;
        write_icr_instead(1u << bit | 0x41, 1);
        cr_expect(vmx_non_root(x, 0), "bit %u: %s", bit, trace);
        cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RBX), 13, "bit %u: %s", bit, trace);
        page_holds(0);
        cr_expect(pir_is_empty());
    }
}

/* The MSR bitmap comes first (25.1.3). */
Test(vmx_ipiv, bitmap_exits_first)
{
    memory_write(&m->memory, BITMAP + 0x800 + 0x830 / 8, 1, 1 << 0x830 % 8);
    write_icr(0x41, 1);
    cr_assert_not(vmx_non_root(x, 0));
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_WRMSR);
    page_holds(0);
}

/* Without the control, or without activation of tertiary controls, WRMSR 830h is for the physical APIC
 * (24.6.2, 29.5). */
static void is_physical(void)
{
    write_icr(0x41, 1);
    goes_on();
    page_holds(0);
    cr_expect(pir_is_empty());
    cr_expect(message_in_flight(m, 0x41, 1));
}

Test(vmx_ipiv, without_the_control_the_write_is_physical)
{
    v->field[VMCS_TERTIARY_CONTROLS] = 0;
    is_physical();
}

Test(vmx_ipiv, without_activation_the_write_is_physical)
{
    v->field[VMCS_PROC_CONTROLS] &= ~(uint64_t)PROC_TERTIARY;
    is_physical();
}

/* ---- Order of micro-steps ---- */

/* "IPI Virtualization": the entry is read, then PIR changes, then ON, then the notification leaves: each in
 * a step of its own. */
Test(vmx_ipiv, order_of_the_steps)
{
    unsigned pir = 0, on = 0, sent = 0, i = 1;
    icr_is(0x41, 1);
    start();
    for (; i < 200 && agent_enabled(m, 0); i++) {
        agent_step(m, 0);
        pir = pir || !posted(0x41) ? pir : i;
        on = on || !(control() & PID_ON) ? on : i;
        sent = sent || !m->state->queue[0].sent ? sent : i;
    }
    cr_assert(pir && on && sent);
    cr_expect_lt(pir, on, "PIR in step %u, ON in %u", pir, on);
    cr_expect_lt(on, sent, "ON in step %u, the message in %u", on, sent);
}

/* Between the two updates somebody else posts and sets ON: no second notification. */
Test(vmx_ipiv, on_is_judged_in_its_own_access)
{
    icr_is(0x41, 1);
    start();
    while (!posted(0x41))
        agent_step(m, 0);
    memory_write(&m->memory, TARGET + PID_CONTROL, 8, CONTROL | PID_ON);
    run();
    goes_on();
    cr_expect_eq(m->state->queue[0].sent, 0);
}

/* xAPIC mode of the physical APIC: the destination is NDST[15:8]. */
Test(vmx_ipiv, xapic_notification_goes_to_ndst_15_8)
{
    memory_write(&m->memory, TARGET + PID_CONTROL, 8, 1ull << 40 | NOTIFIED << 16);
    icr_is(0x41, 1);
    start();
    lapic_regs(l, 0)->base &= ~(uint64_t)APIC_BASE_EXTD;
    run();
    goes_on();
    cr_expect(message_in_flight(m, NOTIFIED, 1), "%s", trace);
}

/* NDST names nobody: the IPI is not accepted anywhere, which software cannot see. */
Test(vmx_ipiv, notification_to_nobody_is_lost)
{
    memory_write(&m->memory, TARGET + PID_CONTROL, 8, 7ull << 32 | NOTIFIED << 16);
    write_icr(0x41, 1);
    goes_on();
    cr_expect_eq(control(), 7ull << 32 | NOTIFIED << 16 | PID_ON);
    cr_expect_eq(m->state->queue[0].sent, 0);
}

/* Globally disabled there is no APIC that could send. */
Test(vmx_ipiv, a_disabled_apic_sends_no_notification)
{
    icr_is(0x41, 1);
    start();
    lapic_regs(l, 0)->base &= ~(uint64_t)(APIC_BASE_EXTD | APIC_BASE_EN);
    run();
    goes_on();
    cr_expect(posted(0x41));
    cr_expect_eq(m->state->queue[0].sent, 0);
}

/* NV below 16: the notification is an illegal vector, logged in ESR and not sent (10.5.3). */
Test(vmx_ipiv, illegal_notification_vector_is_an_apic_error)
{
    memory_write(&m->memory, TARGET + PID_CONTROL, 8, 1ull << 32 | 5ull << 16);
    write_icr(0x41, 1);
    goes_on();
    cr_expect_eq(m->state->queue[0].sent, 0);
    cr_expect_eq(lapic_regs(l, 0)->esr_shadow, APIC_ESR_SEND_ILLEGAL);
}

/* An entry may be valid and yet point to where this machine has no memory: no verdict. */
Test(vmx_ipiv, a_descriptor_outside_memory_is_a_limit)
{
    entry(1, 1ull << 40 | 1);
    write_icr(0x41, 1);
    cr_assert_eq(m->state->finding_count, 1);
    cr_expect_eq(m->state->finding[0].kind, FINDING_LIMIT);
    cr_expect_not_null(strstr(m->state->finding[0].message, "outside memory"));
}
