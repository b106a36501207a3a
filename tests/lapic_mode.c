/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IA32_APIC_BASE by instructions of a core: all transitions, what survives them, what CPUID and the id
 * registers say (SDM vol. 3, 10.4.3, 10.4.4, 10.12.1, 10.12.5, 10.12.8).
 */
#include "tests/lapic_fixture.h"

TestSuite(lapic_mode, .init = set_up);

enum { EN = APIC_BASE_EN, EXTD = APIC_BASE_EXTD };
static const uint64_t mode_bits[4] = {0, EN, EN | EXTD, EXTD};

/* From one mode to another: does WRMSR fault, and what does RDMSR find behind it? */
static bool transition(unsigned from, unsigned to, uint64_t *found)
{
    set_up();
    if (from != 1)
        wrmsr(1, MSR_APIC_BASE, BASE | mode_bits[from]);
    unsigned write = wrmsr(1, MSR_APIC_BASE, BASE | mode_bits[to]);
    unsigned read = rdmsr(1, MSR_APIC_BASE);
    execute();
    *found = result(1, read);
    return !faulted(1, write);
}

/* SDM vol. 3, 10.12.5, figure 10-27. From the invalid state nothing goes anywhere, as there is no way
 * into it: those four are the columns of the state in which it would have been entered. */
Test(lapic_mode, L2_sixteen_transitions)
{
    static const bool allowed[3][4] = {{1, 1, 0, 0}, {1, 1, 1, 0}, {1, 0, 1, 0}};
    for (unsigned from = 0; from < 3; from++) {
        for (unsigned to = 0; to < 4; to++) {
            uint64_t found;
            cr_expect_eq(transition(from, to, &found), allowed[from][to], "%u to %u", from, to);
            cr_expect_eq(found, BASE | mode_bits[allowed[from][to] ? to : from], "%u to %u", from, to);
        }
    }
    for (unsigned to = 0; to < 4; to++) {
        set_up();
        wrmsr(1, MSR_APIC_BASE, BASE | mode_bits[3]); /* refused: it is still an xAPIC */
        unsigned write = wrmsr(1, MSR_APIC_BASE, BASE | mode_bits[to]);
        execute();
        cr_expect_eq(!faulted(1, write), allowed[1][to], "invalid to %u", to);
    }
}

Test(lapic_mode, L2_reserved_bits_fault)
{
    static const uint64_t bad[] = {1, 1 << 7, 1 << 9, 1ull << LAPIC_PHYSICAL_BITS, 1ull << 63};
    enum { BAD = sizeof bad / sizeof *bad };
    unsigned n[BAD];
    for (unsigned i = 0; i < BAD; i++)
        n[i] = wrmsr(0, MSR_APIC_BASE, base_value(0, EN) | bad[i]);
    unsigned read = rdmsr(0, MSR_APIC_BASE);
    execute();
    for (unsigned i = 0; i < BAD; i++)
        cr_expect(faulted(0, n[i]), "%#llx", (unsigned long long)bad[i]);
    cr_expect_eq(result(0, read), base_value(0, EN));
}

Test(lapic_mode, registers_elsewhere_are_not_modelled)
{
    wrmsr(0, MSR_APIC_BASE, 0xfec10000 | EN | APIC_BASE_BSP);
    must_find(FINDING_LIMIT, "CPU0: APIC registers at 0xfec10000: they must stay at 0xfee00000");
}

/* SDM vol. 3, 10.12.5.1: most state is kept; LDR is the derived one, ICR[63:32] is lost. */
Test(lapic_mode, what_survives_the_way_into_x2apic_mode)
{
    to_xapic(1);
    store(1, 0x080, 0x30);
    store(1, 0x0d0, 0xff000000);
    store(1, 0x320, 0x100e0);
    store(1, 0x370, 0xe1);
    store(1, 0x310, 0x77000000);
    store(1, 0x300, 0x22); /* to id 77h, which nobody has */
    wrmsr(1, MSR_APIC_BASE, BASE | EN | EXTD);
    unsigned tpr = rdmsr(1, 0x808), svr = rdmsr(1, 0x80f), ldr = rdmsr(1, 0x80d);
    unsigned timer = rdmsr(1, 0x832), error = rdmsr(1, 0x837), icr = rdmsr(1, 0x830);
    unsigned id = rdmsr(1, 0x802);
    execute();
    cr_expect_eq(result(1, tpr), 0x30);
    cr_expect_eq(result(1, svr), 0x1ff);
    cr_expect_eq(result(1, ldr), 0x2);
    cr_expect_eq(result(1, timer), 0x100e0);
    cr_expect_eq(result(1, error), 0xe1);
    cr_expect_eq(result(1, icr), 0x22);
    cr_expect_eq(result(1, id), 1);
}

/* SDM vol. 3, 10.12.5.1: but for the id nothing is left. */
Test(lapic_mode, what_survives_the_way_out_of_x2apic_mode)
{
    to_x2apic(1);
    wrmsr(1, 0x808, 0x30);
    wrmsr(1, 0x837, 0xe1);
    wrmsr(1, 0x83f, 0x22);
    wrmsr(1, MSR_APIC_BASE, BASE);
    wrmsr(1, MSR_APIC_BASE, BASE | EN);
    unsigned tpr = load(1, 0x080), svr = load(1, 0x0f0), error = load(1, 0x370);
    unsigned id = load(1, 0x020), irr = load(1, 0x210);
    execute();
    cr_expect_eq(result(1, tpr), 0);
    cr_expect_eq(result(1, svr), 0xff);
    cr_expect_eq(result(1, error), 0x10000);
    cr_expect_eq(result(1, id), 0x01000000);
    cr_expect_eq(result(1, irr), 0);
}

static uint64_t tpr_after_disabling(const char *knob)
{
    set_up();
    cr_assert(knob_set(&m->knobs, knob));
    store(0, 0x080, 0x30);
    wrmsr(0, MSR_APIC_BASE, base_value(0, 0));
    wrmsr(0, MSR_APIC_BASE, base_value(0, EN));
    unsigned tpr = load(0, 0x080);
    execute();
    cr_expect(m->knobs.consulted >> KNOB_APIC_DISABLE_RESETS & 1);
    return result(0, tpr);
}

/* SDM vol. 3, 10.4.3: "may be lost". */
Test(lapic_mode, disabling_an_xapic_may_lose_its_registers)
{
    cr_expect_eq(tpr_after_disabling("apic-disable-resets=yes"), 0);
    cr_expect_eq(tpr_after_disabling("apic-disable-resets=no"), 0x30);
}

/* SDM vol. 3, 10.4.3: CPUID.1:EDX[9]; vol. 2, CPUID: ECX[21] is not asked here, EBX[31:24] is the id. */
Test(lapic_mode, L2_cpuid_has_no_apic_while_it_is_disabled)
{
    unsigned with = op(1, CPUID, 1, 0);
    wrmsr(1, MSR_APIC_BASE, BASE);
    unsigned without = op(1, CPUID, 1, 0);
    wrmsr(1, MSR_APIC_BASE, BASE | EN);
    unsigned again = op(1, CPUID, 1, 0);
    execute();
    cr_expect(result(1, with) >> 41 & 1);
    cr_expect_not(result(1, without) >> 41 & 1);
    cr_expect(result(1, again) >> 41 & 1);
    cr_expect_eq((uint32_t)result(1, with) >> 24, 1);
}

/* SDM vol. 3, 10.12.8.1: the xAPIC id and CPUID.1:EBX[31:24] are the low 8 bits, leaf 0Bh has all. */
Test(lapic_mode, ids_of_a_core)
{
    lapic_set_id(l, 1, 0x12345);
    unsigned xapic = load(1, 0x020), leaf1 = op(1, CPUID, 1, 0), leafb = op(1, CPUID, 0xb, 0);
    wrmsr(1, MSR_APIC_BASE, BASE | EN | EXTD);
    unsigned x2apic = rdmsr(1, 0x802);
    execute();
    cr_expect_eq(result(1, xapic), 0x45000000);
    cr_expect_eq((uint32_t)result(1, leaf1) >> 24, 0x45);
    cr_expect_eq(result(1, leafb) >> 32, 0x12345);
    cr_expect_eq(result(1, x2apic), 0x12345);
}

/* SDM vol. 3, 10.12.10.2: cluster 2, bit 3. */
Test(lapic_mode, L6_ldr_of_id_23h)
{
    lapic_set_id(l, 1, 0x23);
    wrmsr(1, MSR_APIC_BASE, BASE | EN | EXTD);
    unsigned ldr = rdmsr(1, 0x80d);
    execute();
    cr_expect_eq(result(1, ldr), 0x00020008);
}

/* An NMI that the core has latched is not the APIC's to lose. */
Test(lapic_mode, a_latched_nmi_survives_a_change_of_mode)
{
    to_x2apic(0);
    to_x2apic(1);
    start();
    run();
    lapic_regs(l, 0)->nmi_pending = 1;
    apic_change_base(lapic_regs(l, 0), base_value(0, 0), true);
    cr_expect(lapic_nmi_pending(l, 0));
    cr_expect_eq(lapic_regs(l, 0)->svr, 0xff);
}
