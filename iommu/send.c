/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupt messages from devices and from the VT-d unit: what an entry or an address says, in the
 * terms of the local APICs. After the VT-d specification (rev. 4.1), 5.1.2, 5.1.4, 10.4.13, and the SDM
 * vol. 3, APIC: 10.11.
 */
#include "iommu/send.h"

#include "lapic/internal.h"
#include "lapic/msi.h"
#include "sim/message.h"

/* An id of 8 bits: all ones are the broadcast. */
static uint32_t xapic_destination(uint32_t id)
{
    return id == 0xff ? UINT32_MAX : id;
}

/* RH = 1: one of those that match (SDM vol. 3, 10.11.1), as with the lowest-priority mode. */
static unsigned delivery(unsigned mode, bool redirection)
{
    return mode == APIC_FIXED && redirection ? APIC_LOWEST : mode;
}

struct iommu_message iommu_decode_compatibility(uint64_t address, uint32_t data, uint32_t upper,
                                                bool dm_ignored)
{
    struct msi msi = {(uint32_t)address, data};
    struct iommu_message msg = {msi_decode(msi, dm_ignored), data & MSI_LEVEL};
    if (upper)
        msg.icr.destination = upper | (msi.address >> 12 & 0xff);
    return msg;
}

struct iommu_message iommu_message_of(const struct vtd_outcome *o)
{
    return (struct iommu_message){
        .icr = {.vector = o->vector,
                .delivery = delivery(o->delivery, o->redirection),
                .logical = o->logical,
                .shorthand = APIC_TO_DEST,
                .destination = o->extended ? o->destination : xapic_destination(o->destination)},
        .level = o->level,
    };
}

struct iommu_message iommu_notification(unsigned nv, uint32_t destination)
{
    return (struct iommu_message){
        .icr = {.vector = (uint8_t)nv, .delivery = APIC_FIXED, .shorthand = APIC_TO_DEST,
                .destination = destination},
    };
}

static uint32_t targets_of(const struct lapic *l, const struct iommu_message *msg)
{
    uint32_t targets = fabric_targets(l, 0, &msg->icr);
    return msg->icr.delivery == APIC_LOWEST ? targets & -targets : targets;
}

bool iommu_can_send(const struct lapic *l, unsigned source, const struct iommu_message *msg)
{
    return message_can_send_all(l->m, source, targets_of(l, msg));
}

void iommu_next_send(const struct lapic *l, unsigned source, const struct iommu_message *msg,
                     struct footprint *fp)
{
    message_order_send_all(l->m, source, targets_of(l, msg), fp);
}

/* The receiver does not care that it was picked among several. */
static unsigned kind_of(const struct iommu_message *msg)
{
    unsigned mode = msg->icr.delivery;
    return mode == APIC_LOWEST || mode == APIC_FIXED ? APIC_FIXED | (msg->level ? APIC_LEVEL : 0)
                                                     : mode;
}

void iommu_send(struct lapic *l, unsigned source, const struct iommu_message *msg)
{
    uint32_t targets = targets_of(l, msg);
    if (!targets)
        machine_say(l->m, STEP_SEND, "%#x for id %#x, which nobody has", msg->icr.vector,
                    msg->icr.destination);
    for (; targets; targets &= targets - 1) {
        unsigned target = (unsigned)__builtin_ctz(targets);
        message_send(l->m, source, kind_of(msg), msg->icr.vector, target);
        machine_say(l->m, STEP_SEND, "sends %s %#x to CPU%u",
                    apic_delivery_name(msg->icr.delivery), msg->icr.vector, target);
    }
}
