/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What carries interrupt messages between local APICs: an ICR write becomes one message a target,
 * a message that arrives is accepted by the rules of its delivery mode.
 * After the SDM vol. 3 (June 2016), APIC: 10.6, 10.7, 10.8.
 *
 * A sender knows only ids; whether the target is enabled is decided when the message arrives.
 * Lowest-priority messages are findings ("not modelled") when they are sent, never silently dropped.
 */
#include <stdio.h>

#include "lapic/icr.h"
#include "lapic/internal.h"
#include "sim/message.h"

uint32_t fabric_targets(const struct lapic *l, unsigned core, const struct icr *icr)
{
    uint32_t ids[MACHINE_MAX_CORES];
    for (unsigned i = 0; i < l->m->cores; i++)
        ids[i] = l->regs[i].id;
    return icr_targets(icr, core, ids, l->m->cores);
}

void fabric_next_send(struct lapic *l, unsigned core, uint64_t value, struct footprint *fp,
                      unsigned *flags)
{
    struct icr icr = icr_decode(value);
    enum icr_verdict verdict = icr_judge(&icr);
    if (verdict == ICR_ILLEGAL_VECTOR)
        footprint_add(fp, lapic_intr(core), ACCESS_ACCUMULATE);
    if (verdict != ICR_SEND)
        return;
    uint32_t targets = fabric_targets(l, core, &icr);
    if (!targets)
        return; /* nobody has that id: the message is never accepted */
    message_order_send(l->m, core, (unsigned)__builtin_ctz(targets), fp);
    *flags |= POINT_SLOT;
}

static void send_one(struct lapic *l, unsigned core, const struct icr *icr, unsigned target)
{
    message_send(l->m, core, icr->delivery, icr->vector, target);
    if (icr->delivery == APIC_FIXED)
        machine_say(l->m, STEP_SEND, "sends %#x to CPU%u", icr->vector, target);
    else
        machine_say(l->m, STEP_SEND, "sends %s to CPU%u", apic_delivery_name(icr->delivery),
                    target);
}

static void send_all(struct lapic *l, struct core *c, const struct icr *icr)
{
    bool first = true;
    for (uint32_t left = fabric_targets(l, c->id, icr); left; left &= left - 1) {
        unsigned target = (unsigned)__builtin_ctz(left);
        if (!first) {
            struct footprint fp;
            footprint_clear(&fp);
            message_order_send(l->m, c->id, target, &fp);
            core_point(c, &fp, POINT_SLOT);
        }
        first = false;
        send_one(l, c->id, icr, target);
    }
    if (first)
        machine_say(l->m, STEP_SEND, "sends %#x to id %#x, which nobody has", icr->vector,
                    icr->destination);
}

void fabric_send(struct lapic *l, struct core *c, uint64_t value)
{
    struct icr icr = icr_decode(value);
    switch (icr_judge(&icr)) {
    case ICR_SEND:
        send_all(l, c, &icr);
        break;
    case ICR_ILLEGAL_VECTOR:
        apic_log_error(lapic_regs(l, c->id), APIC_ESR_SEND_ILLEGAL);
        machine_say(l->m, STEP_SEND, "illegal vector %#x, nothing is sent", icr.vector);
        break;
    case ICR_INVALID:
        machine_find(l->m, FINDING_BUG, "", "CPU%u: ICR %#llx: %s with shorthand %u is invalid",
                     c->id, (unsigned long long)value, apic_delivery_name(icr.delivery),
                     icr.shorthand);
        break;
    case ICR_UNMODELLED:
        machine_find(l->m, FINDING_LIMIT, "", "CPU%u: ICR %#llx: %s is not modelled", c->id,
                     (unsigned long long)value, apic_delivery_name(icr.delivery));
        break;
    }
}

static void arrive(void *fabric, const struct message *msg)
{
    struct lapic *l = fabric;
    struct apic_regs *r = lapic_regs(l, msg->target);
    if ((msg->kind & ~APIC_LEVEL) == APIC_FIXED) {
        if (!apic_accept_fixed(r, msg->vector, msg->kind & APIC_LEVEL))
            machine_say(l->m, STEP_ARRIVE, "not accepted");
        return;
    }
    if (apic_mode_of(r->base) == APIC_DISABLED)
        return;
    if (msg->kind != APIC_NMI) {
        init_arrive(l, msg->target, msg->kind, msg->vector);
        return;
    }
    if (r->nmi_pending)
        machine_say(l->m, STEP_ARRIVE, "one is pending already");
    r->nmi_pending = 1;
    machine_observe(l->m, msg->target); /* each boundary counts now, whatever IF is */
}

static void next_arrival(void *fabric, const struct message *msg, struct footprint *fp)
{
    (void)fabric;
    if (msg->kind == APIC_NMI)
        core_touch_part(fp, msg->target, PART_NMI, ACCESS_ACCUMULATE);
    init_next_arrival(msg->target, msg->kind, fp);
}

static void describe(void *fabric, const struct message *msg, char *text, size_t size)
{
    (void)fabric;
    if ((msg->kind & ~APIC_LEVEL) == APIC_FIXED)
        snprintf(text, size, "%#x", msg->vector);
    else
        snprintf(text, size, "%s", apic_delivery_name(msg->kind));
}

const struct message_ops lapic_fabric_ops = {
    .next = next_arrival,
    .arrive = arrive,
    .describe = describe,
};
