/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What carries interrupt messages between local APICs: whom a message goes to, and what happens when
 * it arrives. After the SDM vol. 3, APIC: 10.6, 10.7, 10.8. ICR writes are in send.c.
 *
 * The target itself decides whether a message is for it, when the message arrives: by then it may
 * have changed its mode, LDR or DFR. As long as no core does so after set-up the answer is the same when
 * the message is sent, and messages for others are not even made. A core that does so becomes an
 * observed one (machine_observe()), and the exploration begins anew: from then on a message whose match
 * with that core can change goes to it in any case, and is compared there. Up to the first such change
 * both ways are the same executions, so an exploration that could miss something comes to it.
 *
 * Which of several APICs a lowest-priority message goes to is decided as it is sent, by what they are
 * at that moment; then it is a message to that core alone, as from a chipset that redirects it.
 *
 * What INIT and start-up do to a core is in init.c; SMIs and ExtINT are findings there, never silence.
 */
#include <stdio.h>

#include "lapic/icr.h"
#include "lapic/internal.h"
#include "lapic/ioapic_internal.h"
#include "lapic/mode.h"
#include "sim/message.h"

enum comparison { COMPARED, COMPARE_PHYSICAL, COMPARE_LOGICAL }; /* struct message.match */

static bool may_change(const struct lapic *l, unsigned core, struct apic_destination to)
{
    return (l->m->observed_core >> core & 1) && apic_match_can_change(&l->regs[core], to);
}

uint32_t lapic_targets(const struct lapic *l, struct apic_destination to)
{
    uint32_t targets = 0;
    for (unsigned i = 0; i < l->m->cores; i++)
        if (may_change(l, i, to) || apic_matches(&l->regs[i], to) != MATCH_NO)
            targets |= 1u << i;
    return targets;
}

void lapic_post(struct lapic *l, unsigned source, const struct apic_message *msg, unsigned target)
{
    bool decided = !msg->to || (!may_change(l, target, *msg->to) &&
                                apic_matches(&l->regs[target], *msg->to) == MATCH_YES);
    struct message message = {.kind = msg->delivery, .vector = msg->vector, .level = msg->level,
                              .target = (uint8_t)target};
    if (!decided) {
        message.match = msg->to->logical ? COMPARE_LOGICAL : COMPARE_PHYSICAL;
        message.destination = msg->to->address;
    }
    message_post(l->m, source, message);
    if (msg->delivery == APIC_FIXED)
        machine_say(l->m, STEP_SEND, "sends %#x to CPU%u", msg->vector, target);
    else
        machine_say(l->m, STEP_SEND, "sends %s to CPU%u", apic_delivery_name(msg->delivery), target);
}

static void undefined_model(struct lapic *l, unsigned core)
{
    machine_find(l->m, FINDING_LIMIT, "",
                 "CPU%u: a logical destination meets DFR %#x: bits 31:28 must be 0 or Fh", core,
                 lapic_regs(l, core)->dfr);
}

/* ---- Lowest priority ---- */

void lapic_arbitration_next(uint32_t candidates, struct footprint *fp)
{
    for (; candidates; candidates &= candidates - 1) {
        unsigned i = (unsigned)__builtin_ctz(candidates);
        footprint_add(fp, lapic_intr(i), ACCESS_READ);
        footprint_add(fp, resource_make(RES_INBOUND, i), ACCESS_ACCUMULATE);
    }
}

static bool takes_part(struct lapic *l, unsigned core, const struct apic_destination *to)
{
    const struct apic_regs *r = lapic_regs(l, core);
    enum apic_match match = to ? apic_matches(r, *to) : MATCH_YES;
    lapic_observe(l, core); /* what it has in service, and when, decides something now */
    if (match == MATCH_UNDEFINED)
        undefined_model(l, core);
    return match == MATCH_YES && apic_arbitrates(r);
}

int lapic_arbitrate(struct lapic *l, uint32_t candidates, const struct apic_destination *to)
{
    bool by_ppr = knob_value(&l->m->knobs, KNOB_LOWEST_PRIORITY_RANK) == 1;
    bool highest_core = knob_value(&l->m->knobs, KNOB_LOWEST_PRIORITY_TIE) == 1;
    int chosen = -1;
    unsigned lowest = 16;
    for (; candidates; candidates &= candidates - 1) {
        unsigned i = (unsigned)__builtin_ctz(candidates);
        unsigned rank = apic_arbitration_rank(lapic_regs(l, i), by_ppr);
        if (!takes_part(l, i, to) || rank > lowest || (rank == lowest && !highest_core))
            continue;
        lowest = rank;
        chosen = (int)i;
    }
    return chosen;
}

/* ---- Arrival ---- */

static bool is_for(struct lapic *l, const struct message *msg)
{
    struct apic_destination to = {msg->destination, msg->match == COMPARE_LOGICAL};
    if (msg->match == COMPARED)
        return true;
    enum apic_match match = apic_matches(lapic_regs(l, msg->target), to);
    if (match == MATCH_UNDEFINED)
        undefined_model(l, msg->target);
    return match == MATCH_YES;
}

static void arrive_nmi(struct lapic *l, unsigned core)
{
    struct apic_regs *r = lapic_regs(l, core);
    if (r->nmi_pending)
        machine_say(l->m, STEP_ARRIVE, "one is pending already");
    r->nmi_pending = 1;
    machine_observe(l->m, core); /* each boundary counts now, whatever IF is */
}

void lapic_deliver(struct lapic *l, unsigned core, unsigned delivery, unsigned vector, bool level)
{
    struct apic_regs *r = lapic_regs(l, core);
    /* SDM vol. 3, 10.4.3: an APIC that is disabled there accepts no message at all. */
    if (apic_mode_of(r->base) == APIC_DISABLED) {
        machine_say(l->m, STEP_ARRIVE, "the APIC is disabled");
        return;
    }
    switch (delivery) {
    case APIC_FIXED:
    case APIC_LOWEST:
        if (!apic_accept_fixed(r, vector, level))
            machine_say(l->m, STEP_ARRIVE, "not accepted");
        break;
    case APIC_NMI:
        arrive_nmi(l, core);
        break;
    default:
        init_arrive(l, core, delivery, vector);
    }
}

static void arrive(void *fabric, const struct message *msg)
{
    struct lapic *l = fabric;
    if (msg->kind >= APIC_CARRIED)
        l->carried->arrive(l->carried_for, msg);
    else if (msg->kind == APIC_EOI_BROADCAST)
        ioapic_end(l->ioapic, ioapic_source(l->ioapic), msg->vector);
    else if (msg->kind == APIC_DOORBELL)
        doorbell_arrive(l, msg->target);
    else if (is_for(l, msg))
        lapic_deliver(l, msg->target, msg->kind, msg->vector, msg->level);
    else
        machine_say(l->m, STEP_ARRIVE, "which it is not for");
}

static void next_interrupt(const struct lapic *l, const struct message *msg, struct footprint *fp)
{
    footprint_add(fp, lapic_intr(msg->target), ACCESS_ACCUMULATE);
    if (msg->kind == APIC_FIXED || msg->kind == APIC_LOWEST)
        lapic_next_accept(l, msg->target, msg->vector, msg->level, fp);
    if (msg->kind == APIC_NMI)
        core_touch_part(fp, msg->target, PART_NMI, ACCESS_ACCUMULATE);
    init_next_arrival(msg->target, msg->kind, fp);
}

static void next_arrival(void *fabric, const struct message *msg, struct footprint *fp)
{
    const struct lapic *l = fabric;
    if (msg->kind >= APIC_CARRIED)
        l->carried->next(l->carried_for, msg, fp);
    else if (msg->kind == APIC_EOI_BROADCAST)
        ioapic_next_end(l->ioapic, ioapic_source(l->ioapic), msg->vector, fp);
    else if (msg->kind == APIC_DOORBELL)
        doorbell_next_arrival(l, msg->target, fp);
    else
        next_interrupt(l, msg, fp);
}

/* What the I/O APIC sends when a service ends needs room. */
static bool is_ready(void *fabric, const struct message *msg)
{
    const struct lapic *l = fabric;
    return msg->kind != APIC_EOI_BROADCAST ||
           ioapic_can_end(l->ioapic, ioapic_source(l->ioapic), msg->vector);
}

static void describe(void *fabric, const struct message *msg, char *text, size_t size)
{
    const struct lapic *l = fabric;
    if (msg->kind >= APIC_CARRIED)
        l->carried->describe(l->carried_for, msg, text, size);
    else if (msg->kind == APIC_FIXED || msg->kind == APIC_LOWEST)
        snprintf(text, size, "%#x", msg->vector);
    else if (msg->kind == APIC_EOI_BROADCAST)
        snprintf(text, size, "EOI %#x", msg->vector);
    else if (msg->kind == APIC_DOORBELL)
        snprintf(text, size, "doorbell");
    else
        snprintf(text, size, "%s", apic_delivery_name(msg->kind));
}

const struct message_ops lapic_fabric_ops = {
    .next = next_arrival,
    .ready = is_ready,
    .arrive = arrive,
    .describe = describe,
};
