/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests of the I/O APIC on their way through a VT-d unit. After the VT-d specification, 5.1.2 (formats),
 * 5.1.5.1 (programming of I/OxAPICs), with the steps of a device's MSI (iommu/msi.c): the entry is looked up; then the
 * interrupt is sent, posted or blocked. One request is under way at a time, of the lowest pin first.
 *
 * What the I/O APIC holds is its own affair: a level keeps remote IRR until an EOI with the vector of the
 * redirection entry, which must therefore be that of the table's (5.1.5.1); so it does if the unit has blocked
 * the request or has posted it.
 */
#include "iommu/ioapic_remap.h"

#include <stdlib.h>

#include "iommu/sender.h"

enum { SUBHANDLE_VALID = 1 << 3, REMAPPABLE = 1 << 4, MESSAGE_DATA = 0x87ff };

struct remap_state {
    uint32_t looked; /* the entry has been looked up: */
    uint32_t pin;
    struct vtd_outcome outcome;
};

struct ioapic_remap {
    struct vtd_sender sender;
    struct ioapic *io;
    struct remap_state *state; /* in the arena */
};

/* 5.1.5.1: bits 10:8 must be 0 for SHV = 0; a delivery mode "lowest priority" there would set the hint of
 * compatibility format, which is the same bit of the address. */
struct vtd_request ioapic_remap_request(uint64_t entry)
{
    struct vtd_request r = {MSI_ADDRESS, (uint32_t)entry & MESSAGE_DATA, IOAPIC_REQUESTER};
    if (entry & RTE_REMAPPABLE)
        r.address |= REMAPPABLE | (entry >> 49 & 0x7fff) << 5 | (entry >> 11 & 1) << 2 |
                     ((entry >> 8 & 7) == APIC_LOWEST ? SUBHANDLE_VALID : 0);
    return r;
}

/* The pin whose request the next step is about. */
static unsigned pin_of(const struct ioapic_remap *x)
{
    int waiting = ioapic_waiting_pin(x->io);
    assert(x->state->looked || waiting >= 0);
    return x->state->looked ? x->state->pin : (unsigned)waiting;
}

static struct msi_request compatible(const struct ioapic_remap *x)
{
    return ioapic_request_of(ioapic_request(x->io, pin_of(x)));
}

static bool can_step(void *owner)
{
    const struct ioapic_remap *x = owner;
    if (!x->state->looked)
        return true;
    struct msi_request msg = compatible(x);
    return sender_can_act(&x->sender, &x->state->outcome, &msg);
}

static void next(void *owner, struct footprint *fp)
{
    const struct ioapic_remap *x = owner;
    struct vtd_request r = ioapic_remap_request(ioapic_request(x->io, pin_of(x)));
    struct msi_request msg = compatible(x);
    ioapic_next_request(x->io, fp);
    if (x->state->looked)
        sender_next_act(&x->sender, &x->state->outcome, &msg, fp);
    else
        vtd_next_translate(x->sender.vtd, &r, fp);
}

static void look_up(struct ioapic_remap *x)
{
    unsigned pin = pin_of(x);
    struct vtd_request r = ioapic_remap_request(ioapic_request(x->io, pin));
    x->state->outcome = vtd_translate(x->sender.vtd, &r, x->sender.index);
    x->state->pin = pin;
    x->state->looked = 1;
}

static void act(struct ioapic_remap *x)
{
    struct msi_request msg = compatible(x);
    sender_act(&x->sender, &x->state->outcome, &msg, IOAPIC_REQUESTER);
    ioapic_request_leaves(x->io, x->state->pin);
    memset(x->state, 0, sizeof *x->state);
}

static void step(void *owner)
{
    struct ioapic_remap *x = owner;
    if (x->state->looked)
        act(x);
    else
        look_up(x);
}

static const char *says(void *owner)
{
    const struct ioapic_remap *x = owner;
    return x->state->looked ? "delivery" : "request";
}

static const struct ioapic_remapper operations = {can_step, next, step, says};

struct ioapic_remap *ioapic_remap_new(struct machine *m, struct lapic *l, struct vtd *v, struct ioapic *io,
                                      unsigned device)
{
    struct ioapic_remap *x = calloc(1, sizeof *x);
    assert(x && v);
    assert(ioapic_source(io) == m->cores + device);
    x->sender = (struct vtd_sender){m, l, v, device};
    x->io = io;
    x->state = machine_reserve(m, sizeof *x->state);
    ioapic_set_remapper(io, &operations, x);
    return x;
}

void ioapic_remap_free(struct ioapic_remap *x)
{
    free(x);
}
