/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pins of an I/O APIC and what their redirection entries make of them. After the 82093AA data sheet,
 * 3.2.4, and the SDM vol. 3, APIC: 10.8.5.
 *
 * A change that calls for an interrupt sends its message in the same step; the message may be late, so
 * that the bit "delivery status" is never seen set. Remote IRR is set as the message leaves.
 * Edges at a masked pin are lost. A level that is still there when its entry is unmasked, or when the
 * service ends, is sent once more. NMI, SMI, INIT and ExtINT are edges whatever the trigger mode says.
 *
 * Left out: more than one I/O APIC, edges that a write of the polarity makes, arbitration.
 */
#include "lapic/ioapic_internal.h"

#include <stdlib.h>

#include "lapic/msi.h"
#include "sim/message.h"

enum { READ_ONLY = RTE_STATUS | RTE_REMOTE_IRR, WRITTEN = 0x1afff };

static bool is_level(uint64_t entry)
{
    unsigned delivery = entry >> 8 & 7;
    return (entry & RTE_LEVEL) && (delivery == APIC_FIXED || delivery == APIC_LOWEST);
}

/* Is the pin active, as the entry reads it? */
static bool is_active(const struct ioapic *io, unsigned pin, unsigned drivers, uint64_t entry)
{
    bool wired_low = io->active_low >> pin & 1, read_low = entry & RTE_ACTIVE_LOW;
    bool high = (drivers != 0) != wired_low;
    return high != read_low;
}

static struct msi_request request_of(uint64_t entry)
{
    uint32_t id = (uint32_t)(entry >> 56);
    return (struct msi_request){
        .delivery = entry >> 8 & 7,
        .vector = (uint8_t)entry,
        .level = is_level(entry),
        .to = {.address = id == 0xff ? UINT32_MAX : id, .logical = entry & RTE_LOGICAL},
    };
}

/* Would a level be sent now if it is there? */
static bool may_send_level(uint64_t entry)
{
    return is_level(entry) && !(entry & (RTE_MASKED | RTE_REMOTE_IRR));
}

static void send(struct ioapic *io, unsigned source, unsigned pin)
{
    uint64_t *entry = &io->state->entry[pin];
    struct msi_request q = request_of(*entry);
    if (!request_can_send(io->l, source, &q)) {
        machine_find(io->l->m, FINDING_LIMIT, "", "I/O APIC pin %u: more messages than have room",
                     pin);
        return;
    }
    machine_say(io->l->m, STEP_DEVICE, "I/O APIC pin %u", pin);
    if (is_level(*entry))
        *entry |= RTE_REMOTE_IRR;
    request_send(io->l, source, &q);
}

/* ---- Pins ---- */

static unsigned drivers_after(const struct ioapic *io, unsigned driver, unsigned pin, bool asserted)
{
    unsigned drivers = io->state->drivers[pin];
    assert(driver < 8);
    return asserted ? drivers | 1u << driver : drivers & ~(1u << driver);
}

/* Does the pin ask for an interrupt when its drivers become these? */
static bool asks(const struct ioapic *io, unsigned pin, unsigned drivers)
{
    uint64_t entry = io->state->entry[pin];
    if (!is_active(io, pin, drivers, entry))
        return false;
    if (is_level(entry))
        return may_send_level(entry);
    return !(entry & RTE_MASKED) && !is_active(io, pin, io->state->drivers[pin], entry);
}

bool ioapic_can_drive(const struct ioapic *io, unsigned source, unsigned driver, unsigned pin,
                      bool asserted)
{
    struct msi_request q = request_of(io->state->entry[pin]);
    return !asks(io, pin, drivers_after(io, driver, pin, asserted)) ||
           request_can_send(io->l, source, &q);
}

void ioapic_next_drive(const struct ioapic *io, unsigned source, unsigned driver, unsigned pin,
                       bool asserted, struct footprint *fp)
{
    struct msi_request q = request_of(io->state->entry[pin]);
    footprint_add(fp, ioapic_resource(io), ACCESS_WRITE);
    if (asks(io, pin, drivers_after(io, driver, pin, asserted)))
        request_next(io->l, source, &q, fp);
}

void ioapic_drive(struct ioapic *io, unsigned source, unsigned driver, unsigned pin, bool asserted)
{
    unsigned drivers = drivers_after(io, driver, pin, asserted);
    bool sends = asks(io, pin, drivers);
    io->state->drivers[pin] = (uint8_t)drivers;
    if (sends)
        send(io, source, pin);
}

/* ---- Entries ---- */

/* Whether the pin is active may change before the step is made: the footprint holds the message that
 * would be sent if it is. */
void ioapic_next_write_entry(const struct ioapic *io, unsigned source, uint64_t value,
                             struct footprint *fp)
{
    struct msi_request q = request_of(value);
    footprint_add(fp, ioapic_resource(io), ACCESS_WRITE);
    if (is_level(value) && !(value & RTE_MASKED))
        request_next(io->l, source, &q, fp);
}

/* An entry that becomes edge triggered loses its remote IRR: what software does where there is no EOI
 * register. */
void ioapic_write_entry(struct ioapic *io, unsigned source, unsigned pin, uint64_t value)
{
    uint64_t *entry = &io->state->entry[pin];
    uint64_t kept = is_level(value) ? *entry & READ_ONLY : 0;
    *entry = (value & (0xffull << 56 | WRITTEN)) | kept;
    if (may_send_level(*entry) && is_active(io, pin, io->state->drivers[pin], *entry))
        send(io, source, pin);
}

uint64_t ioapic_entry(const struct ioapic *io, unsigned pin)
{
    assert(pin < IOAPIC_PINS);
    return io->state->entry[pin];
}

/* ---- End of interrupt ---- */

static bool is_ended(uint64_t entry, unsigned vector)
{
    return is_level(entry) && (entry & RTE_REMOTE_IRR) && (entry & 0xff) == vector;
}

static bool is_sent_again(const struct ioapic *io, unsigned pin, unsigned vector)
{
    uint64_t entry = io->state->entry[pin];
    return is_ended(entry, vector) && !(entry & RTE_MASKED) &&
           is_active(io, pin, io->state->drivers[pin], entry);
}

bool ioapic_can_end(const struct ioapic *io, unsigned source, unsigned vector)
{
    for (unsigned pin = 0; pin < IOAPIC_PINS; pin++) {
        struct msi_request q = request_of(io->state->entry[pin]);
        if (is_sent_again(io, pin, vector) && !request_can_send(io->l, source, &q))
            return false;
    }
    return true;
}

void ioapic_next_end(const struct ioapic *io, unsigned source, unsigned vector, struct footprint *fp)
{
    footprint_add(fp, ioapic_resource(io), ACCESS_WRITE);
    for (unsigned pin = 0; pin < IOAPIC_PINS; pin++) {
        struct msi_request q = request_of(io->state->entry[pin]);
        if (is_ended(io->state->entry[pin], vector))
            request_next(io->l, source, &q, fp);
    }
}

void ioapic_end(struct ioapic *io, unsigned source, unsigned vector)
{
    for (unsigned pin = 0; pin < IOAPIC_PINS; pin++) {
        bool again = is_sent_again(io, pin, vector);
        if (!is_ended(io->state->entry[pin], vector))
            continue;
        machine_say(io->l->m, STEP_DEVICE, "remote IRR of pin %u = 0", pin);
        io->state->entry[pin] &= ~(uint64_t)RTE_REMOTE_IRR;
        if (again)
            send(io, source, pin);
    }
}

/* ---- Construction ---- */

static bool enabled(void *device)
{
    (void)device;
    return false;
}

static void nothing_next(void *device, struct footprint *fp)
{
    (void)device, (void)fp;
}

static void nothing_step(void *device)
{
    (void)device;
    assert(!"an I/O APIC has no step of its own");
}

static const struct device_ops operations = {
    .name = "IOAPIC",
    .enabled = enabled,
    .next = nothing_next,
    .step = nothing_step,
};

unsigned ioapic_source(const struct ioapic *io)
{
    return io->l->m->cores + io->device;
}

void ioapic_wire_active_low(struct ioapic *io, unsigned pin)
{
    assert(pin < IOAPIC_PINS);
    io->active_low |= 1u << pin;
}

struct ioapic *ioapic_new(struct lapic *l, unsigned device)
{
    struct ioapic *io = calloc(1, sizeof *io);
    assert(io && !l->ioapic);
    io->l = l;
    io->device = device;
    io->state = machine_reserve(l->m, sizeof *io->state);
    for (unsigned pin = 0; pin < IOAPIC_PINS; pin++)
        io->state->entry[pin] = RTE_MASKED; /* the other bits are undefined after a reset */
    machine_set_device(l->m, device, &operations, io);
    l->ioapic = io;
    l->levels = true;
    if (l->cpu)
        cpu_add_mmio(l->cpu, &ioapic_mmio_ops, io);
    return io;
}
