/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ICR of x2APIC mode: what a value means and whom it reaches.
 * After the SDM vol. 3 (June 2016), APIC: 10.6.1, 10.6.2, table 10-3, 10.12.9, 10.12.10.
 *
 * Left out: xAPIC mode (two dwords, delivery status, 8-bit ids); messages other than fixed and NMI
 * are decoded but not delivered.
 */
#include "lapic/icr.h"

#include <assert.h>

struct icr icr_decode(uint64_t value)
{
    return (struct icr){
        .vector = (uint8_t)value,
        .delivery = value >> 8 & 7,
        .logical = value >> 11 & 1,
        .shorthand = value >> 18 & 3,
        .destination = (uint32_t)(value >> 32),
    };
}

enum icr_verdict icr_judge(const struct icr *icr)
{
    if (icr->delivery == 3 || icr->delivery == APIC_EXTINT)
        return ICR_INVALID;
    /* Table 10-3: self and all-including-self are valid with fixed only. */
    bool to_self = icr->shorthand == APIC_TO_SELF || icr->shorthand == APIC_TO_ALL;
    if (to_self && icr->delivery != APIC_FIXED)
        return ICR_INVALID;
    if (icr->delivery == APIC_LOWEST)
        return ICR_UNMODELLED;
    if (icr->delivery != APIC_FIXED)
        return ICR_SEND; /* NMI, INIT, SMI: the vector is ignored; start-up: it is no vector */
    /* SDM vol. 3, 10.5.3: "send illegal vector", not sent. */
    return icr->vector < APIC_FIRST_VECTOR ? ICR_ILLEGAL_VECTOR : ICR_SEND;
}

bool apic_matches(uint32_t id, bool logical, uint32_t dest)
{
    /* SDM vol. 3, 10.12.9: FFFFFFFFh is the broadcast in both modes. */
    if (dest == UINT32_MAX)
        return true;
    if (!logical)
        return dest == id;
    uint32_t ldr = (id >> 4 & 0xffff) << 16 | 1u << (id & 15);
    return dest >> 16 == ldr >> 16 && (dest & ldr & 0xffff);
}

uint32_t icr_targets(const struct icr *icr, unsigned sender, const uint32_t *ids, unsigned count)
{
    assert(count <= 32);
    assert(sender < count);
    uint32_t all = count == 32 ? UINT32_MAX : (1u << count) - 1;
    switch (icr->shorthand) {
    case APIC_TO_SELF:
        return 1u << sender;
    case APIC_TO_ALL:
        return all;
    case APIC_TO_OTHERS:
        return all & ~(1u << sender);
    default:
        break;
    }
    uint32_t targets = 0;
    for (unsigned i = 0; i < count; i++)
        if (apic_matches(ids[i], icr->logical, icr->destination))
            targets |= 1u << i;
    return targets;
}

const char *apic_delivery_name(unsigned delivery)
{
    static const char *const name[8] = {"fixed", "lowest priority", "SMI",      "reserved",
                                        "NMI",   "INIT",            "start-up", "ExtINT"};
    assert(delivery < 8);
    return name[delivery];
}
