/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by lapic/ioapic.c, its registers and lapic/lapic.c, for nobody else. */
#ifndef LAPIC_IOAPIC_INTERNAL_H
#define LAPIC_IOAPIC_INTERNAL_H

#include "cpu/mmio.h"
#include "lapic/ioapic.h"

/* Plain data, in the arena. */
struct ioapic_state {
    uint64_t entry[IOAPIC_PINS];
    uint8_t drivers[IOAPIC_PINS]; /* that assert the pin, a bit each */
    uint8_t select;
    uint8_t id;
    uint32_t waiting; /* with a remapper: pins whose requests have not left yet, a bit each, ... */
    uint64_t request[IOAPIC_PINS]; /* ... and their entries as the request was made */
};

struct ioapic {
    struct lapic *l;
    unsigned device;
    uint32_t active_low; /* pins wired so, a bit each */
    struct ioapic_state *state;
    const struct ioapic_remapper *remapper; /* NULL: messages leave at once */
    void *remapper_owner;
};

extern const struct mmio_ops ioapic_mmio_ops; /* ioapic_regs.c */

static inline uint64_t ioapic_resource(const struct ioapic *io)
{
    return resource_make(RES_DEVICE, io->device);
}

/* An entry gets a value, but for its read-only bits. */
void ioapic_next_write_entry(const struct ioapic *, unsigned source, uint64_t value, struct footprint *);
void ioapic_write_entry(struct ioapic *, unsigned source, unsigned pin, uint64_t value);

/* The service of a level-triggered vector has ended: by a broadcast, or the EOI register. */
bool ioapic_can_end(const struct ioapic *, unsigned source, unsigned vector);
void ioapic_next_end(const struct ioapic *, unsigned source, unsigned vector, struct footprint *);
void ioapic_end(struct ioapic *, unsigned source, unsigned vector);

#endif
