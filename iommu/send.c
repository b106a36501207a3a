/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupt messages of devices and of the VT-d unit. After the VT-d specification, 5.1.2, 5.1.4
 * and 5.1.6, and the SDM vol. 3, APIC: 10.11.
 */
#include "iommu/send.h"

struct msi_request iommu_decode_compatibility(uint64_t address, uint32_t data, uint32_t upper,
                                              bool dm_ignored)
{
    struct msi msi = {(uint32_t)address, data};
    struct msi_request request = msi_decode(msi, dm_ignored);
    if (upper)
        request.to.address = upper | (msi.address >> 12 & 0xff);
    return request;
}

/* RH = 1: one of those that match, as with the lowest-priority mode. Level means assert (5.1.4). */
struct msi_request iommu_message_of(const struct vtd_outcome *o)
{
    bool one = o->redirection && o->delivery == APIC_FIXED;
    return (struct msi_request){
        .delivery = one ? APIC_LOWEST : o->delivery,
        .vector = o->vector,
        .level = o->level,
        .to = {.address = o->extended ? o->destination : iommu_xapic_destination(o->destination),
               .logical = o->logical},
    };
}

struct msi_request iommu_notification(unsigned nv, uint32_t destination)
{
    return (struct msi_request){.delivery = APIC_FIXED, .vector = (uint8_t)nv,
                                .to = {.address = destination}};
}
