/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AVIC doorbells on their way. After the AMD APM vol. 2, AVIC: "Doorbell"; ids as in the entries of the
 * physical APIC id table and in IRTEs: 32 bits.
 */
#include "lapic/doorbell.h"

#include "lapic/internal.h"
#include "sim/message.h"

void lapic_answer_doorbells(struct lapic *l, const struct doorbell_ops *ops, void *owner)
{
    assert(!l->doorbell.ops);
    l->doorbell.ops = ops;
    l->doorbell.owner = owner;
}

bool doorbell_can_send(const struct lapic *l, unsigned source, uint32_t id)
{
    return lapic_core_of_id(l, id) < 0 || message_can_send(l->m, source);
}

void doorbell_next(const struct lapic *l, unsigned source, uint32_t id, struct footprint *fp)
{
    int target = lapic_core_of_id(l, id);
    if (target >= 0)
        message_order_send(l->m, source, (unsigned)target, fp);
}

void doorbell_send(struct lapic *l, unsigned source, uint32_t id)
{
    int target = lapic_core_of_id(l, id);
    if (target < 0) {
        machine_say(l->m, STEP_SEND, "doorbell for nobody: no core has APIC id %#x", id);
        return;
    }
    message_send(l->m, source, APIC_DOORBELL, 0, (unsigned)target);
    machine_say(l->m, STEP_SEND, "rings the doorbell of CPU%d", target);
}

void doorbell_next_arrival(const struct lapic *l, unsigned core, struct footprint *fp)
{
    if (l->doorbell.ops)
        l->doorbell.ops->next(l->doorbell.owner, core, fp);
}

void doorbell_arrive(struct lapic *l, unsigned core)
{
    if (l->doorbell.ops)
        l->doorbell.ops->arrive(l->doorbell.owner, core);
    else
        machine_say(l->m, STEP_ARRIVE, "no guest runs there");
}
