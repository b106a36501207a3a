/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Message signalled interrupts in compatibility format, and what an I/O APIC sends, which has the same
 * fields. After the SDM vol. 3 (June 2016), APIC: 10.11.
 *
 * A device knows ids; who accepts is decided at the arrival (lapic/fabric.c). Left out: messages
 * that deassert a level, which no APIC of this age looks at (10.11.2, "Trigger Mode").
 */
#include "lapic/msi.h"

#include "lapic/internal.h"
#include "sim/message.h"

struct icr msi_decode(struct msi msi, bool dm_ignored)
{
    uint32_t id = msi.address >> 12 & 0xff;
    bool hint = msi.address & MSI_REDIRECTION_HINT;
    bool logical = msi.address & MSI_LOGICAL && (hint || !dm_ignored);
    unsigned delivery = msi.data >> 8 & 7;
    return (struct icr){
        .vector = (uint8_t)msi.data,
        /* 10.11.1: with RH = 1 a fixed interrupt goes to one of the processors that match. */
        .delivery = hint && delivery == APIC_FIXED ? APIC_LOWEST : delivery,
        .logical = logical,
        .shorthand = APIC_TO_DEST,
        .destination = id == 0xff ? UINT32_MAX : id,
    };
}

static uint32_t targets_of(const struct lapic *l, struct msi msi)
{
    struct icr icr = msi_decode(msi, l->m->knobs.value[KNOB_MSI_DESTINATION_MODE] == 1);
    bool level = msi.data & MSI_LEVEL, asserted = msi.data & MSI_ASSERT;
    if (icr.delivery == 3 || icr.delivery == APIC_STARTUP || (level && !asserted))
        return 0;
    uint32_t targets = fabric_targets(l, 0, &icr);
    return icr.delivery == APIC_LOWEST ? targets & -targets : targets;
}

bool lapic_can_send_msi(const struct lapic *l, unsigned source, struct msi msi)
{
    return message_can_send_all(l->m, source, targets_of(l, msi));
}

void lapic_next_msi(const struct lapic *l, unsigned source, struct msi msi, struct footprint *fp)
{
    message_order_send_all(l->m, source, targets_of(l, msi), fp);
}

/* The kind of message: who has been picked among several no longer matters to the receiver. */
static unsigned kind_of(const struct icr *icr, uint32_t data)
{
    if (icr->delivery == APIC_FIXED || icr->delivery == APIC_LOWEST)
        return APIC_FIXED | (data & MSI_LEVEL ? APIC_LEVEL : 0);
    return icr->delivery;
}

void lapic_deliver_msi(struct lapic *l, unsigned source, struct msi msi)
{
    struct machine *m = l->m;
    bool dm_ignored = knob_value(&m->knobs, KNOB_MSI_DESTINATION_MODE) == 1;
    struct icr icr = msi_decode(msi, dm_ignored);
    uint32_t targets = targets_of(l, msi);
    if (icr.delivery == 3 || icr.delivery == APIC_STARTUP)
        machine_find(m, FINDING_BUG, "", "MSI %#x/%#x: delivery mode %u is reserved", msi.address,
                     msi.data, icr.delivery);
    if (!targets)
        machine_say(m, STEP_DEVICE, "MSI %#x/%#x reaches nobody", msi.address, msi.data);
    for (; targets; targets &= targets - 1) {
        unsigned target = (unsigned)__builtin_ctz(targets);
        message_send(m, source, kind_of(&icr, msi.data), icr.vector, target);
        machine_say(m, STEP_DEVICE, "sends %s %#x to CPU%u", apic_delivery_name(icr.delivery),
                    icr.vector, target);
    }
}
