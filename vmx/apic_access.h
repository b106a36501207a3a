/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which accesses to the APIC-access page the processor turns into accesses to the virtual-APIC page,
 * and which of them leave the guest (SDM vol. 3, Virtualizing Memory-Mapped APIC Accesses: 29.4.2,
 * 29.4.3; table 27-6). Pure rules.
 *
 * Offsets are bytes from the start of the page, sizes are bytes.
 */
#ifndef VMX_APIC_ACCESS_H
#define VMX_APIC_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

/* Bits 15:12 of the exit qualification, table 27-6; guest-physical accesses need EPT. */
enum apic_access_type {
    APIC_ACCESS_READ = 0,
    APIC_ACCESS_WRITE = 1,
    APIC_ACCESS_FETCH = 2,
    APIC_ACCESS_DELIVERY = 3, /* read or write during event delivery */
};

/* The controls that matter. */
struct apic_access_controls {
    bool tpr_shadow;
    bool register_virt;
    bool virtual_interrupt;
    bool ipi_virtualization;
};

/* The write of the same operation that has already been virtualized. An operation is an instruction,
 * an iteration of a repeated string instruction, or the delivery of an event. size 0: none. */
struct apic_operation {
    uint16_t offset;
    uint16_t size;
};

/* True: virtualized; false: an APIC-access VM exit. */
bool apic_access_virtualized(const struct apic_access_controls *, enum apic_access_type,
                             unsigned offset, unsigned size, const struct apic_operation *before);

static inline uint64_t apic_access_qualification(enum apic_access_type type, unsigned offset)
{
    return (uint64_t)type << 12 | (offset & 0xfff);
}

/* Does this value of VICR_LO ask for a self-IPI that the processor sends itself (29.4.3.2)? */
bool apic_self_ipi_shape(uint32_t icr_low);

#endif
