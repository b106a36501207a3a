/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers of an I/O APIC: a select register, a window, and the EOI register of version 20h
 * (82093AA data sheet, 3.1 and 3.2). An entry is written in two halves, each of which takes effect.
 *
 * What a write sends leaves as a message of the core that writes: it is that core's step.
 */
#include "lapic/ioapic_internal.h"

/* The entry that is selected; -1 if another register is. */
static int selected_pin(const struct ioapic *io)
{
    int index = io->state->select - IOAPIC_ENTRY;
    return index >= 0 && index < 2 * IOAPIC_PINS ? index / 2 : -1;
}

/* What the entry becomes when its selected half is written. */
static uint64_t entry_with(const struct ioapic *io, unsigned pin, uint32_t half)
{
    uint64_t entry = io->state->entry[pin];
    if (io->state->select & 1)
        return (entry & UINT32_MAX) | (uint64_t)half << 32;
    return (entry & ~(uint64_t)UINT32_MAX) | half;
}

static bool is_register(uint64_t physical, unsigned size)
{
    uint64_t offset = physical - IOAPIC_ADDRESS;
    return size == 4 && (offset == IOAPIC_SELECT || offset == IOAPIC_WINDOW || offset == IOAPIC_EOI);
}

static void next_access(void *owner, struct core *c, uint64_t physical, unsigned size, bool write,
                 uint64_t value, struct footprint *fp, unsigned *flags)
{
    struct ioapic *io = owner;
    uint64_t offset = physical - IOAPIC_ADDRESS;
    int pin = selected_pin(io);
    (void)size;
    if (write && offset != IOAPIC_SELECT)
        *flags |= POINT_SLOT;
    if (write && offset == IOAPIC_WINDOW && pin >= 0)
        ioapic_next_write_entry(io, c->id, entry_with(io, (unsigned)pin, (uint32_t)value), fp);
    else if (write && offset == IOAPIC_EOI)
        ioapic_next_end(io, c->id, value & 0xff, fp);
    else
        footprint_add(fp, ioapic_resource(io), write ? ACCESS_WRITE : ACCESS_READ);
}

static void complain(struct core *c, uint64_t physical, unsigned size)
{
    machine_find(c->m, FINDING_BUG, "", "CPU%u: access of %u bytes to %#llx of the I/O APIC: its "
                 "registers are 4 bytes at +0, +10h and +40h", c->id, size,
                 (unsigned long long)physical);
}

static uint64_t read_selected(const struct ioapic *io)
{
    int pin = selected_pin(io);
    if (pin >= 0)
        return (uint32_t)(io->state->entry[pin] >> (io->state->select & 1 ? 32 : 0));
    switch (io->state->select) {
    case IOAPIC_ID: case IOAPIC_ARBITRATION: return (uint64_t)io->state->id << 24;
    case IOAPIC_VERSION: return IOAPIC_VERSION_VALUE;
    default: return 0; /* reserved */
    }
}

static uint64_t read_register(void *owner, struct core *c, uint64_t physical, unsigned size)
{
    struct ioapic *io = owner;
    if (!is_register(physical, size))
        complain(c, physical, size);
    switch (physical - IOAPIC_ADDRESS) {
    case IOAPIC_SELECT: return io->state->select;
    case IOAPIC_WINDOW: return read_selected(io);
    default: return 0;
    }
}

static void write_selected(struct ioapic *io, struct core *c, uint32_t value)
{
    int pin = selected_pin(io);
    if (pin >= 0)
        ioapic_write_entry(io, c->id, (unsigned)pin, entry_with(io, (unsigned)pin, value));
    else if (io->state->select == IOAPIC_ID)
        io->state->id = value >> 24 & 0xf;
}

static void write_register(void *owner, struct core *c, uint64_t physical, unsigned size, uint64_t value)
{
    struct ioapic *io = owner;
    if (!is_register(physical, size))
        complain(c, physical, size);
    switch (physical - IOAPIC_ADDRESS) {
    case IOAPIC_SELECT: io->state->select = (uint8_t)value; break;
    case IOAPIC_WINDOW: write_selected(io, c, (uint32_t)value); break;
    case IOAPIC_EOI: ioapic_end(io, c->id, value & 0xff); break;
    default: break;
    }
}

const struct mmio_ops ioapic_mmio_ops = {
    .first = IOAPIC_ADDRESS,
    .last = IOAPIC_ADDRESS + 0xfff,
    .next = next_access,
    .read = read_register,
    .write = write_register,
};
