/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ICR: what a value means and whom a shorthand reaches.
 * After the SDM vol. 3, APIC: 10.6.1, table 10-3, 10.12.9.
 *
 * Level and trigger mode count for the de-assertion of INIT alone: all else is sent edge-triggered.
 */
#include "lapic/icr.h"

#include <assert.h>

static struct icr decode(uint64_t value, uint32_t destination, uint32_t all)
{
    unsigned delivery = value >> 8 & 7;
    bool logical = value >> 11 & 1;
    return (struct icr){
        .vector = (uint8_t)value,
        .delivery = (uint8_t)delivery,
        .shorthand = value >> 18 & 3,
        .deassert = delivery == APIC_INIT && (value & APIC_ICR_LEVEL) && !(value & APIC_ICR_ASSERT),
        .broadcast = !logical && destination == all,
        .to = {.address = destination, .logical = logical},
    };
}

struct icr icr_decode(uint64_t value)
{
    return decode(value, (uint32_t)(value >> 32), UINT32_MAX);
}

struct icr icr_decode_xapic(uint64_t value)
{
    return decode(value, (uint32_t)(value >> 56), 0xff);
}

enum icr_verdict icr_judge(const struct icr *icr)
{
    if (icr->delivery == 3 || icr->delivery == APIC_EXTINT)
        return ICR_INVALID;
    /* Table 10-3: self and all-including-self are valid with fixed only. */
    bool to_self = icr->shorthand == APIC_TO_SELF || icr->shorthand == APIC_TO_ALL;
    if (to_self && icr->delivery != APIC_FIXED)
        return ICR_INVALID;
    /* SDM vol. 3, 10.6.2.1: no lowest-priority broadcast in physical destination mode. */
    if (icr->delivery == APIC_LOWEST && icr->shorthand == APIC_TO_DEST && icr->broadcast)
        return ICR_INVALID;
    if (icr->delivery != APIC_FIXED && icr->delivery != APIC_LOWEST)
        return ICR_SEND; /* NMI, INIT, SMI: the vector is ignored; start-up: it is no vector */
    /* SDM vol. 3, 10.5.3: "send illegal vector", not sent. */
    return icr->vector < APIC_FIRST_VECTOR ? ICR_ILLEGAL_VECTOR : ICR_SEND;
}

uint32_t icr_shorthand_targets(const struct icr *icr, unsigned sender, unsigned count)
{
    assert(sender < count && count <= 32);
    uint32_t all = count == 32 ? UINT32_MAX : (1u << count) - 1;
    assert(icr->shorthand != APIC_TO_DEST);
    if (icr->shorthand == APIC_TO_SELF)
        return 1u << sender;
    return icr->shorthand == APIC_TO_ALL ? all : all & ~(1u << sender);
}

const char *apic_delivery_name(unsigned delivery)
{
    static const char *const name[8] = {"fixed", "lowest priority", "SMI",      "reserved",
                                        "NMI",   "INIT",            "start-up", "ExtINT"};
    assert(delivery < 8);
    return name[delivery];
}
