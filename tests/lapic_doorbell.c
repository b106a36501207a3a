/* SPDX-License-Identifier: GPL-2.0-or-later */
/* AVIC doorbells as messages (AMD APM vol. 2, AVIC: "Doorbell"). */
#include <criterion/criterion.h>

#include "lapic/doorbell.h"
#include "lapic/lvt.h"
#include "sim/message.h"

enum { CORES = 3, DEVICE = CORES, ID_OF_2 = 0x10203 }; /* the message source of the one device */

static struct machine *m;
static struct lapic *l;
static unsigned rung[CORES];

static void next(void *owner, unsigned core, struct footprint *fp)
{
    cr_expect_eq(owner, rung);
    footprint_add(fp, resource_make(RES_CONTROL, core), ACCESS_WRITE);
}

static void arrive(void *owner, unsigned core)
{
    ((unsigned *)owner)[core]++;
}

static const struct doorbell_ops operations = {next, arrive};

static void open_machine(void)
{
    m = machine_new(CORES, 1, 1 << 16, 1 << 16);
    l = lapic_new(m, NULL);
    lapic_set_id(l, 2, ID_OF_2);
    memset(rung, 0, sizeof rung);
}

static void close_machine(void)
{
    lapic_free(l);
    machine_free(m);
}

TestSuite(lapic_doorbell, .init = open_machine, .fini = close_machine);

static void ring(uint32_t id)
{
    cr_assert(doorbell_can_send(l, DEVICE, id));
    doorbell_send(l, DEVICE, id);
}

/* By the host physical APIC id, all 32 bits of it; it takes its time. */
Test(lapic_doorbell, goes_to_the_core_with_the_id)
{
    lapic_answer_doorbells(l, &operations, rung);
    ring(ID_OF_2);
    cr_expect_eq(rung[2], 0, "it is on its way");
    message_arrive(m, DEVICE, 0);
    cr_expect_eq(rung[2], 1);
    cr_expect(!rung[0] && !rung[1]);
}

/* No vector: nothing becomes pending at a local APIC that accepts interrupts, whether somebody answers or not. */
Test(lapic_doorbell, changes_nothing_at_the_local_apic)
{
    apic_write_svr(lapic_regs(l, 1), APIC_SVR_ENABLE | 0xff);
    struct apic_regs before = *lapic_regs(l, 1);
    ring(1);
    message_arrive(m, DEVICE, 0);
    cr_expect_arr_eq(lapic_regs(l, 1), &before, sizeof before);
    cr_expect_eq(lapic_deliverable(l, 1), 0);
}

Test(lapic_doorbell, for_an_id_that_nobody_has)
{
    struct footprint fp;
    ring(9);
    cr_expect_eq(m->state->queue[DEVICE].sent, 0);
    footprint_clear(&fp);
    doorbell_next(l, DEVICE, 9, &fp);
    cr_expect_eq(fp.count, 0);
}

/* A sender waits for a free slot, as with any message. */
Test(lapic_doorbell, needs_room)
{
    for (unsigned i = 0; i < m->slots; i++)
        ring(0);
    cr_expect_not(doorbell_can_send(l, DEVICE, 0));
    message_arrive(m, DEVICE, 0);
    cr_expect(doorbell_can_send(l, DEVICE, 0));
}

/* Its arrival conflicts with whatever the one who answers says that it touches. */
Test(lapic_doorbell, footprint_of_an_arrival)
{
    struct footprint fp;
    unsigned intr = 0, own = 0;
    lapic_answer_doorbells(l, &operations, rung);
    ring(1);
    footprint_clear(&fp);
    message_next_arrival(m, DEVICE, 0, &fp);
    for (unsigned i = 0; i < fp.count; i++) {
        intr += fp.access[i].resource == lapic_intr(1);
        own += fp.access[i].resource == resource_make(RES_CONTROL, 1);
    }
    cr_expect_eq(intr, 0, "the local APIC is not concerned");
    cr_expect_eq(own, 1);
}
