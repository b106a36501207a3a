/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ICR decoding and destinations; messages through the fabric (SDM vol. 3, 10.6, 10.12.9). */
#include <criterion/criterion.h>

#include "lapic/icr.h"
#include "lapic/lapic.h"
#include "lapic/lvt.h"
#include "sim/message.h"

static enum icr_verdict judge(uint64_t value)
{
    struct icr icr = icr_decode(value);
    return icr_judge(&icr);
}

/* Four APICs in x2APIC mode; the second sends. */
static uint32_t targets(uint64_t value)
{
    static const uint32_t ids[4] = {0x23, 0x24, 0x13, 0x00};
    struct icr icr = icr_decode(value);
    uint32_t mask = 0;
    if (icr.shorthand != APIC_TO_DEST)
        return icr_shorthand_targets(&icr, 1, 4);
    for (unsigned i = 0; i < 4; i++) {
        struct apic_regs r = {.id = ids[i], .base = APIC_BASE_EN | APIC_BASE_EXTD};
        mask |= (uint32_t)(apic_matches(&r, icr.to) == MATCH_YES) << i;
    }
    return mask;
}

Test(lapic, icr_fields)
{
    struct icr icr = icr_decode(0x12345678000c4cf2);
    cr_expect_eq(icr.vector, 0xf2);
    cr_expect_eq(icr.delivery, APIC_NMI);
    cr_expect_eq(icr.to.logical, 1);
    cr_expect_eq(icr.shorthand, APIC_TO_OTHERS);
    cr_expect_eq(icr.to.address, 0x12345678);
}

Test(lapic, icr_illegal_vector_is_not_sent)
{
    cr_expect_eq(judge(0x0f), ICR_ILLEGAL_VECTOR);
    cr_expect_eq(judge(0x10), ICR_SEND);
    cr_expect_eq(judge(0x400), ICR_SEND, "the vector of an NMI is ignored");
}

Test(lapic, icr_valid_combinations_table_10_3)
{
    for (unsigned mode = 0; mode < 8; mode++) {
        uint64_t value = 0x41 | mode << 8;
        bool reserved = mode == 3 || mode == 7;
        cr_expect_eq(judge(value | 1 << 18) == ICR_INVALID, mode != 0, "self, mode %u", mode);
        cr_expect_eq(judge(value | 2 << 18) == ICR_INVALID, mode != 0, "all, mode %u", mode);
        cr_expect_eq(judge(value | 3 << 18) == ICR_INVALID, reserved, "others, mode %u", mode);
        cr_expect_eq(judge(value) == ICR_INVALID, reserved, "none, mode %u", mode);
    }
}

Test(lapic, icr_shorthands)
{
    cr_expect_eq(targets(1 << 18), 0x2);
    cr_expect_eq(targets(2 << 18), 0xf);
    cr_expect_eq(targets(3 << 18), 0xd);
}

Test(lapic, icr_physical_destination)
{
    cr_expect_eq(targets(0x13ull << 32), 0x4);
    cr_expect_eq(targets(0x99ull << 32), 0);
    cr_expect_eq(targets(0xffffffffull << 32), 0xf);
    cr_expect_eq(targets(0xffull << 32), 0, "FFh is no broadcast in x2APIC mode");
}

Test(lapic, L7_logical_destination)
{
    cr_expect_eq(targets(0x00020018ull << 32 | 1 << 11), 0x3);
    cr_expect_eq(targets(0x00010018ull << 32 | 1 << 11), 0x4);
}

static struct machine *m;
static struct lapic *l;

static void set_up(void)
{
    m = machine_new(2, 0, 1 << 16, 1 << 16);
    l = lapic_new(m, NULL);
    for (unsigned i = 0; i < 2; i++) {
        lapic_regs(l, i)->base |= APIC_BASE_EXTD;
        apic_write_svr(lapic_regs(l, i), APIC_SVR_ENABLE | 0xff);
    }
}

static void tear_down(void)
{
    lapic_free(l);
    machine_free(m);
}

TestSuite(lapic_fabric, .init = set_up, .fini = tear_down);

Test(lapic_fabric, fixed_message_sets_irr_on_arrival)
{
    message_send(m, 1, APIC_FIXED, 0xf2, 0);
    cr_assert_not(lapic_irr(l, 0, 0xf2));
    message_arrive(m, 1, 0);
    cr_assert(lapic_irr(l, 0, 0xf2));
    cr_assert_eq(lapic_deliverable(l, 0), 0xf2);
    cr_assert_eq(lapic_acknowledge(l, 0), 0xf2);
    cr_assert(lapic_isr(l, 0, 0xf2));
    lapic_eoi(l, 0);
    cr_assert_not(lapic_isr(l, 0, 0xf2));
}

Test(lapic_fabric, L16_software_disabled_drops_fixed_and_takes_nmi)
{
    apic_write_svr(lapic_regs(l, 0), 0xff);
    message_send(m, 1, APIC_FIXED, 0xf2, 0);
    message_arrive(m, 1, 0);
    cr_assert_eq(lapic_deliverable(l, 0), 0);
    message_send(m, 1, APIC_NMI, 0, 0);
    message_arrive(m, 1, 1);
    cr_assert(lapic_nmi_pending(l, 0));
    lapic_take_nmi(l, 0);
    cr_assert_not(lapic_nmi_pending(l, 0));
}

/* SDM vol. 3, 10.8.1 and 10.8.4: an NMI bypasses IRR and goes to the core at once, whatever TPR is. That
 * only one is latched is said in 34.8, of those that come in SMM. */
Test(lapic_fabric, nmis_merge_until_one_is_taken)
{
    lapic_regs(l, 0)->tpr = 0xff;
    for (unsigned i = 0; i < 2; i++) {
        message_send(m, 1, APIC_NMI, 0, 0);
        message_arrive(m, 1, i);
    }
    cr_assert(lapic_nmi_pending(l, 0));
    cr_expect_not(lapic_nmi_pending(l, 1));
    cr_expect_eq(bits256_highest(lapic_regs(l, 0)->irr), 0);
    lapic_take_nmi(l, 0);
    cr_assert_not(lapic_nmi_pending(l, 0));
    message_send(m, 1, APIC_NMI, 0, 0);
    message_arrive(m, 1, 2 % m->slots);
    cr_assert(lapic_nmi_pending(l, 0));
}

/* SDM vol. 3, 10.4.3: an APIC that is disabled in IA32_APIC_BASE accepts no messages at all. */
Test(lapic_fabric, a_disabled_apic_drops_an_nmi)
{
    lapic_regs(l, 0)->base &= ~(uint64_t)(APIC_BASE_EN | APIC_BASE_EXTD);
    message_send(m, 1, APIC_NMI, 0, 0);
    message_arrive(m, 1, 0);
    cr_assert_not(lapic_nmi_pending(l, 0));
}

static bool touches(const struct footprint *fp, uint64_t resource)
{
    for (uint32_t i = 0; i < fp->count; i++)
        if (fp->access[i].resource == resource)
            return true;
    return false;
}

/* A step that only an NMI could come before does not conflict with the arrival of anything else. */
Test(lapic_fabric, only_an_nmi_touches_what_waits_for_nmis)
{
    static const unsigned kind[2] = {APIC_FIXED, APIC_NMI};
    for (unsigned i = 0; i < 2; i++) {
        struct footprint fp;
        footprint_clear(&fp);
        message_send(m, 1, kind[i], 0xf2, 0);
        message_next_arrival(m, 1, i, &fp);
        cr_expect(touches(&fp, lapic_intr(0)));
        cr_expect_eq(touches(&fp, core_control(0, UNIT_NMI)), kind[i] == APIC_NMI);
    }
}

Test(lapic_fabric, two_arrivals_of_one_vector_merge)
{
    for (unsigned i = 0; i < 2; i++) {
        message_send(m, 1, APIC_FIXED, 0xf2, 0);
        message_arrive(m, 1, i);
    }
    cr_assert_eq(lapic_acknowledge(l, 0), 0xf2);
    lapic_eoi(l, 0);
    cr_assert_eq(lapic_deliverable(l, 0), 0);
}

Test(lapic_fabric, ids_name_cores)
{
    lapic_set_id(l, 1, 0x100);
    cr_assert_eq(lapic_core_of_id(l, 0x100), 1);
    cr_assert_eq(lapic_core_of_id(l, 1), -1);
}
