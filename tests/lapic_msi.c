/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Message signalled interrupts in compatibility format (SDM vol. 3, 10.11). */
#include <criterion/criterion.h>

#include "lapic/lvt.h"
#include "lapic/msi.h"
#include "sim/message.h"

enum { CORES = 4, DEVICE = CORES }; /* the message source of the one device */

static struct machine *m;
static struct lapic *l;

static void open_machine(void)
{
    m = machine_new(CORES, 1, 1 << 16, 1 << 16);
    l = lapic_new(m, NULL);
    for (unsigned i = 0; i < CORES; i++) {
        lapic_regs(l, i)->base |= APIC_BASE_EXTD;
        apic_write_svr(lapic_regs(l, i), APIC_SVR_ENABLE | 0xff);
    }
}

/* Sends, and returns the cores at which the vector arrives, a bit each. */
static uint32_t reached(uint32_t address, uint32_t data)
{
    struct msi msi = {address, data};
    uint32_t cores = 0;
    cr_assert(lapic_can_send_msi(l, DEVICE, msi));
    lapic_deliver_msi(l, DEVICE, msi);
    for (unsigned slot = 0; slot < m->slots; slot++)
        if (m->state->queue[DEVICE].slot[slot].in_flight)
            message_arrive(m, DEVICE, slot);
    for (unsigned i = 0; i < CORES; i++) {
        cores |= (uint32_t)lapic_irr(l, i, data & 0xff) << i;
        bits256_clear(lapic_regs(l, i)->irr, data & 0xff);
    }
    return cores;
}

/* 10.11.1: the destination id in bits 19:12; FFh is everybody. */
Test(lapic_msi, goes_to_the_destination_id)
{
    open_machine();
    cr_expect_eq(reached(0xfee02000, 0x51), 1 << 2);
    cr_expect_eq(reached(0xfee09000, 0x51), 0, "nobody has this id");
    cr_expect_eq(reached(0xfeeff000, 0x51), 0xf);
    cr_expect(msi_is_address(0xfee00000) && !msi_is_address(0xfed00000));
}

/* 10.11.1: RH = 1, DM = 1: one of the processors of the logical group. Logical id of number i in
 * x2APIC mode: bit i of cluster 0. */
Test(lapic_msi, with_the_hint_one_of_a_group_gets_it)
{
    open_machine();
    uint32_t cores = reached(0xfee0600c, 0x51);
    cr_expect(cores == 1 << 1 || cores == 1 << 2, "%x", cores);
    cr_expect_eq(reached(0xfee02008, 0x51), 1 << 2, "RH = 1, DM = 0: the one with this id");
}

/* 10.11.1 says of RH = 0 that DM is ignored, but Linux relies on logical MSIs without the hint: a
 * knob. Logical 06h are the cores 1 and 2; nobody has the id 6. */
Test(lapic_msi, without_the_hint_the_destination_mode_is_a_knob)
{
    open_machine();
    cr_expect_eq(reached(0xfee06004, 0x51), 1 << 1 | 1 << 2);
    cr_expect(m->knobs.consulted >> KNOB_MSI_DESTINATION_MODE & 1);
    cr_assert(knob_set(&m->knobs, "msi-destination-mode=ignored"));
    cr_expect_eq(reached(0xfee06004, 0x51), 0);
    cr_expect_eq(reached(0xfee03004, 0x51), 1 << 3, "as an id");
}

/* 10.11.2: trigger mode in bit 15, level in bit 14; TMR shows it at acceptance (10.8.4). */
Test(lapic_msi, a_level_interrupt_sets_tmr)
{
    open_machine();
    cr_expect_eq(reached(0xfee01000, 0x51 | MSI_LEVEL | MSI_ASSERT), 1 << 1);
    cr_expect(bits256_test(lapic_regs(l, 1)->tmr, 0x51));
    cr_expect_eq(reached(0xfee01000, 0x51 | MSI_LEVEL), 0, "deassertion");
    cr_expect_eq(reached(0xfee01000, 0x51), 1 << 1);
    cr_expect_not(bits256_test(lapic_regs(l, 1)->tmr, 0x51));
}

/* 10.11.2: delivery mode 100 is an NMI; 011 is reserved. */
Test(lapic_msi, other_delivery_modes)
{
    open_machine();
    cr_expect_eq(reached(0xfee03000, 0x400), 0);
    cr_expect(lapic_nmi_pending(l, 3));
    cr_expect_eq(m->state->finding_count, 0);
    reached(0xfee03000, 0x351);
    cr_expect_eq(m->state->finding[0].kind, FINDING_BUG);
}

/* A message needs a slot for each of its targets, of those that a source has. */
Test(lapic_msi, waits_for_room_for_all_targets)
{
    open_machine();
    struct msi all = {0xfeeff000, 0x51}, one = {0xfee01000, 0x51};
    for (unsigned i = 0; i + CORES <= m->slots; i++)
        lapic_deliver_msi(l, DEVICE, one);
    cr_expect(lapic_can_send_msi(l, DEVICE, one));
    cr_expect_not(lapic_can_send_msi(l, DEVICE, all));
    cr_expect(m->state->bounds & BOUND_MESSAGES);
}
