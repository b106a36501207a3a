/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accesses of a guest to the APIC-access page: virtualized, or an exit.
 * After the SDM vol. 3 (June 2016), 29.4.2, 29.4.3.1, 29.4.3.2.
 *
 * The 2016 text lets reads of 0B0h and 300h exit unless APIC registers are virtualized; later
 * editions virtualize them under virtual-interrupt delivery as they do writes. Taken is the later
 * one: it is the newer description of the same processors, and the one that tests of hypervisors
 * expect.
 */
#include "vmx/apic_access.h"

#include <assert.h>

/* A set of 16-byte slots of the page: bit n is offset n * 16. */
#define SLOT(offset) (1ull << ((offset) >> 4))
#define SLOTS(first, last) ((SLOT(last) << 1) - SLOT(first))

/* APIC-register virtualization: any access within the low four bytes of these. */
static const uint64_t registers_read =
    SLOTS(0x020, 0x030) | SLOT(0x080) | SLOT(0x0b0) | SLOTS(0x0d0, 0x0f0) | SLOTS(0x100, 0x170) |
    SLOTS(0x180, 0x1f0) | SLOTS(0x200, 0x270) | SLOT(0x280) | SLOTS(0x300, 0x310) |
    SLOTS(0x320, 0x370) | SLOT(0x380) | SLOT(0x3e0);
static const uint64_t registers_written =
    SLOT(0x020) | SLOT(0x080) | SLOT(0x0b0) | SLOTS(0x0d0, 0x0f0) | SLOT(0x280) |
    SLOTS(0x300, 0x310) | SLOTS(0x320, 0x370) | SLOT(0x380) | SLOT(0x3e0);

/* "Entirely contained within the low 4 bytes of a naturally aligned 16-byte region." */
static bool within_register(unsigned offset, unsigned size)
{
    return (offset & 0xf) + size <= 4;
}

/* "Already virtualized a write": no read, and only the same write once more. */
static bool again(const struct apic_operation *before, enum apic_access_type type, unsigned offset,
                  unsigned size)
{
    if (!before->size)
        return true;
    return type == APIC_ACCESS_WRITE && before->offset == offset && before->size == size;
}

/* Without APIC-register virtualization what counts is where the access begins. */
static bool known_offset(const struct apic_access_controls *k, unsigned offset)
{
    switch (offset) {
    case 0x080: return true;
    case 0x0b0: return k->virtual_interrupt;
    case 0x300: return k->virtual_interrupt || k->ipi_virtualization;
    case 0x310: return k->ipi_virtualization;
    default: return false;
    }
}

bool apic_access_virtualized(const struct apic_access_controls *k, enum apic_access_type type,
                             unsigned offset, unsigned size, const struct apic_operation *before)
{
    assert(offset < 4096);
    assert(size > 0);
    if (!k->tpr_shadow || type == APIC_ACCESS_FETCH || size > 4)
        return false;
    if (!within_register(offset, size) || !again(before, type, offset, size))
        return false;
    if (!k->register_virt)
        return known_offset(k, offset);
    if (offset >= 0x400)
        return false;
    return (type == APIC_ACCESS_WRITE ? registers_written : registers_read) >> (offset >> 4) & 1;
}

/* Reserved bits 31:20, 17:16 and 13, and the delivery status; level (14) and destination mode (11)
 * do not matter. */
bool apic_self_ipi_shape(uint32_t icr_low)
{
    const uint32_t zero = 0xfff00000u | 3u << 16 | 1u << 13 | 1u << 12;
    unsigned shorthand = icr_low >> 18 & 3, trigger = icr_low >> 15 & 1, delivery = icr_low >> 8 & 7;
    return !(icr_low & zero) && shorthand == 1 && !trigger && !delivery && (icr_low & 0xf0);
}
