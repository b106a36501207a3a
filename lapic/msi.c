/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Message signalled interrupts in compatibility format, and what an I/O APIC sends, which has the same
 * fields. After the SDM vol. 3, APIC: 10.11.
 *
 * A device knows ids; who accepts is decided at the arrival (lapic/fabric.c). Left out: messages
 * that deassert a level, which no APIC of this age looks at (10.11.2, "Trigger Mode").
 */
#include "lapic/msi.h"

#include "lapic/icr.h"
#include "sim/message.h"

struct msi_request msi_decode(struct msi msi, bool dm_ignored)
{
    uint32_t id = msi.address >> 12 & 0xff;
    bool hint = msi.address & MSI_REDIRECTION_HINT;
    unsigned delivery = msi.data >> 8 & 7;
    return (struct msi_request){
        /* 10.11.1: with RH = 1 a fixed interrupt goes to one of the processors that match. */
        .delivery = hint && delivery == APIC_FIXED ? APIC_LOWEST : (uint8_t)delivery,
        .vector = (uint8_t)msi.data,
        .level = msi.data & MSI_LEVEL,
        .deasserts = (msi.data & MSI_LEVEL) && !(msi.data & MSI_ASSERT),
        .to = {.address = id == 0xff ? UINT32_MAX : id,
               .logical = (msi.address & MSI_LOGICAL) && (hint || !dm_ignored)},
    };
}

static bool is_reserved(const struct msi_request *q)
{
    return q->delivery == 3 || q->delivery == APIC_STARTUP;
}

static uint32_t candidates(const struct lapic *l, const struct msi_request *q)
{
    return is_reserved(q) || q->deasserts ? 0 : lapic_targets(l, q->to);
}

static struct msi_request look(const struct lapic *l, struct msi msi)
{
    return msi_decode(msi, l->m->knobs.value[KNOB_MSI_DESTINATION_MODE] == 1);
}

/* Of the candidates for a lowest-priority message one gets it: room for one will do. */
static uint32_t recipients(const struct msi_request *q, uint32_t all)
{
    return q->delivery == APIC_LOWEST ? all & -all : all;
}

bool request_can_send(const struct lapic *l, unsigned source, const struct msi_request *q)
{
    return message_can_send_all(l->m, source, recipients(q, candidates(l, q)));
}

void request_next(const struct lapic *l, unsigned source, const struct msi_request *q,
                  struct footprint *fp)
{
    uint32_t all = candidates(l, q);
    message_order_send_all(l->m, source, recipients(q, all), fp);
    if (q->delivery == APIC_LOWEST)
        lapic_arbitration_next(all, fp);
}

static void send(struct lapic *l, unsigned source, const struct msi_request *q)
{
    struct apic_message msg = {.delivery = q->delivery, .vector = q->vector, .level = q->level,
                               .to = &q->to};
    uint32_t targets = candidates(l, q);
    if (q->delivery == APIC_LOWEST) {
        int target = lapic_arbitrate(l, targets, &q->to);
        msg.delivery = APIC_FIXED;
        msg.to = NULL; /* it has been found */
        targets = target < 0 ? 0 : 1u << target;
    }
    if (!targets)
        machine_say(l->m, STEP_DEVICE, "for nobody");
    for (; targets; targets &= targets - 1)
        lapic_post(l, source, &msg, (unsigned)__builtin_ctz(targets));
}

void request_send(struct lapic *l, unsigned source, const struct msi_request *q)
{
    if (is_reserved(q))
        machine_find(l->m, FINDING_BUG, "", "an interrupt message of delivery mode %u (%s), which is "
                     "reserved", q->delivery, apic_delivery_name(q->delivery));
    else
        send(l, source, q);
}

bool lapic_can_send_msi(const struct lapic *l, unsigned source, struct msi msi)
{
    struct msi_request q = look(l, msi);
    return request_can_send(l, source, &q);
}

void lapic_next_msi(const struct lapic *l, unsigned source, struct msi msi, struct footprint *fp)
{
    struct msi_request q = look(l, msi);
    request_next(l, source, &q, fp);
}

void lapic_deliver_msi(struct lapic *l, unsigned source, struct msi msi)
{
    bool dm_ignored = knob_value(&l->m->knobs, KNOB_MSI_DESTINATION_MODE) == 1;
    struct msi_request q = msi_decode(msi, dm_ignored);
    machine_say(l->m, STEP_DEVICE, "MSI %#x/%#x", msi.address, msi.data);
    request_send(l, source, &q);
}
