/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From an ICR to entries of the tables. After the APM vol. 2, 15.29.5 and 15.29.6.1.
 *
 * xAVIC, flat model: entry n of the LIT for bit n. Cluster model: entry 4 * cluster + n. Cluster 15 is reserved; its
 * entries are those behind the sixtieth. An x2APIC's logical id is derived, so x2AVIC needs no LIT: bit n
 * of cluster c is gAPIC 16 * c + n.
 */
#include "svm/avic_tables.h"

static struct avic_targets logical_x2(uint32_t destination)
{
    return (struct avic_targets){.scope = AVIC_TO_LOGICAL,
                                 .first = destination >> 16 << 4,
                                 .mask = (uint16_t)destination};
}

static struct avic_targets logical_x(uint32_t mda, uint32_t dfr)
{
    if (dfr >> 28 == APIC_DFR_FLAT)
        return (struct avic_targets){.scope = AVIC_TO_LOGICAL, .mask = (uint16_t)mda};
    return (struct avic_targets){
        .scope = AVIC_TO_LOGICAL, .first = (mda >> 4) * 4, .mask = mda & 0xf};
}

struct avic_targets avic_targets_of(uint64_t value, bool x2, uint32_t dfr, bool ones_are_all)
{
    struct icr icr = x2 ? icr_decode(value) : icr_decode_xapic(value);
    if (icr.shorthand == APIC_TO_SELF)
        return (struct avic_targets){.scope = AVIC_TO_SELF};
    if (icr.shorthand != APIC_TO_DEST)
        return (struct avic_targets){.scope = AVIC_TO_MANY,
                                     .all_but_self = icr.shorthand == APIC_TO_OTHERS};
    if (avic_all_ones(value, x2) && (ones_are_all || (!x2 && !icr.to.logical)))
        return (struct avic_targets){.scope = AVIC_TO_MANY};
    if (!icr.to.logical)
        return (struct avic_targets){.scope = AVIC_TO_ONE, .first = icr.to.address};
    return x2 ? logical_x2(icr.to.address) : logical_x(icr.to.address, dfr);
}
