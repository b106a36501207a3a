/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sending: a write to the ICR becomes one message a target; and the self-IPI register.
 * After the SDM vol. 3, APIC: 10.5.3, 10.6, 10.12.9, 10.12.11.
 *
 * An APIC that is disabled by software sends all the same (10.4.7.2). Delivery status is idle at once: a
 * message has left the APIC in the step of the write, and what is pending is on its way.
 */
#include "lapic/esr.h"
#include "lapic/icr.h"
#include "lapic/internal.h"
#include "sim/message.h"

static struct icr decode(const struct lapic *l, unsigned core, uint64_t value)
{
    bool wide = lapic_mode(l, core) == APIC_X2APIC;
    return wide ? icr_decode(value) : icr_decode_xapic(value);
}

static bool is_refused(const struct lapic *l, const struct icr *icr)
{
    return icr->delivery == APIC_LOWEST && l->m->knobs.value[KNOB_LOWEST_PRIORITY_IPI] == 1;
}

static bool is_ignored(const struct lapic *l, const struct icr *icr)
{
    return icr->deassert && l->m->knobs.value[KNOB_INIT_DEASSERT] == 1;
}

static uint32_t candidates(const struct lapic *l, unsigned core, const struct icr *icr)
{
    if (icr->shorthand != APIC_TO_DEST)
        return icr_shorthand_targets(icr, core, l->m->cores);
    return lapic_targets(l, icr->to);
}

void icr_next(struct lapic *l, unsigned core, uint64_t value, struct footprint *fp, unsigned *flags)
{
    struct icr icr = decode(l, core, value);
    enum icr_verdict verdict = icr_judge(&icr);
    bool sends = verdict == ICR_SEND && !is_refused(l, &icr);
    if (verdict == ICR_INVALID || is_ignored(l, &icr))
        return;
    if (!sends) {
        lapic_next_error(l, core, fp);
        return;
    }
    uint32_t targets = candidates(l, core, &icr);
    if (!targets)
        return; /* nobody has that id: the message is never accepted */
    message_order_send(l->m, core, (unsigned)__builtin_ctz(targets), fp);
    *flags |= POINT_SLOT;
    if (icr.delivery == APIC_LOWEST)
        lapic_arbitration_next(targets, fp);
}

static struct apic_message message_of(const struct icr *icr)
{
    return (struct apic_message){.delivery = icr->delivery, .vector = icr->vector,
                                 .to = icr->shorthand == APIC_TO_DEST ? &icr->to : NULL};
}

static void say_nobody(struct lapic *l, const struct icr *icr)
{
    machine_say(l->m, STEP_SEND, "sends %s %#x to id %#x, which nobody has",
                apic_delivery_name(icr->delivery), icr->vector, icr->to.address);
}

/* The first message has room, which the core has waited for. But who matches may have changed meanwhile, in an
 * execution that is the last before the exploration begins anew (fabric.c), from nobody to somebody. */
static void await_room(struct lapic *l, struct core *c, unsigned target, bool first)
{
    struct footprint fp;
    if (first && message_can_send(l->m, c->id))
        return;
    footprint_clear(&fp);
    message_order_send(l->m, c->id, target, &fp);
    core_point(c, &fp, POINT_SLOT);
}

static void send_all(struct lapic *l, struct core *c, const struct icr *icr)
{
    struct apic_message msg = message_of(icr);
    bool first = true;
    for (uint32_t left = candidates(l, c->id, icr); left; left &= left - 1) {
        unsigned target = (unsigned)__builtin_ctz(left);
        await_room(l, c, target, first);
        first = false;
        lapic_post(l, c->id, &msg, target);
    }
    if (first)
        say_nobody(l, icr);
}

static void send_lowest(struct lapic *l, struct core *c, const struct icr *icr)
{
    struct apic_message msg = message_of(icr);
    int target = lapic_arbitrate(l, candidates(l, c->id, icr), msg.to);
    msg.to = NULL; /* it has been found */
    if (target < 0) {
        say_nobody(l, icr);
        return;
    }
    await_room(l, c, (unsigned)target, true);
    lapic_post(l, c->id, &msg, (unsigned)target);
}

static void log_error(struct lapic *l, unsigned core, uint32_t bit, const char *what)
{
    apic_log_error(lapic_regs(l, core), bit);
    machine_say(l->m, STEP_SEND, "%s, nothing is sent", what);
}

static void send(struct lapic *l, struct core *c, const struct icr *icr, bool legal)
{
    if (icr->deassert && knob_value(&l->m->knobs, KNOB_INIT_DEASSERT) == 1) {
        machine_say(l->m, STEP_SEND, "de-asserts INIT: ignored");
        return;
    }
    /* SDM vol. 3, 10.5.3: of a lowest-priority IPI that is refused this bit alone is set. */
    if (icr->delivery == APIC_LOWEST && knob_value(&l->m->knobs, KNOB_LOWEST_PRIORITY_IPI) == 1)
        log_error(l, c->id, APIC_ESR_REDIRECTABLE, "no lowest-priority IPIs");
    else if (!legal)
        log_error(l, c->id, APIC_ESR_SEND_ILLEGAL, "illegal vector");
    else if (icr->delivery == APIC_LOWEST)
        send_lowest(l, c, icr);
    else
        send_all(l, c, icr);
}

void icr_send(struct lapic *l, struct core *c, uint64_t value)
{
    struct icr icr = decode(l, c->id, value);
    enum icr_verdict verdict = icr_judge(&icr);
    if (verdict != ICR_INVALID) {
        send(l, c, &icr, verdict == ICR_SEND);
        return;
    }
    machine_find(l->m, FINDING_BUG, "", "CPU%u: ICR %#llx: %s with %s is invalid", c->id,
                 (unsigned long long)value, apic_delivery_name(icr.delivery),
                 icr.broadcast ? "a physical broadcast" : "this shorthand");
}

void self_ipi_send(struct lapic *l, unsigned core, unsigned vector)
{
    struct apic_regs *r = lapic_regs(l, core);
    machine_say(l->m, STEP_SEND, "self-IPI %#x", vector);
    /* SDM vol. 3, 10.12.11: when the WRMSR completes the IRR bit is set. 10.5.3 names the register
     * among the causes of both errors, the one of sending and the one of receiving. */
    if (vector < APIC_FIRST_VECTOR)
        apic_log_error(r, APIC_ESR_SEND_ILLEGAL);
    apic_accept_fixed(r, vector, false);
}
