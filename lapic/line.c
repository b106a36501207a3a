/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scripted devices with an interrupt line. A line has no manual of its own: a level that is asserted
 * until software has looked after the device, or pulses (ISA).
 *
 * Left out: everything else that a device does.
 */
#include "lapic/line.h"

#include <stdio.h>
#include <stdlib.h>

#include "cpu/mmio.h"
#include "lapic/ioapic_internal.h"

struct line_state {
    uint32_t next; /* entry of the script */
    uint32_t asserted;
};

struct line_device {
    struct ioapic *io;
    unsigned index, pin, count;
    enum line_action script[LINE_SCRIPT_MAX];
    struct mmio_ops mmio;
    struct line_state *state; /* in the arena */
};

static uint64_t resource(const struct line_device *d)
{
    return resource_make(RES_DEVICE, d->index);
}

/* ---- The agent ---- */

static bool enabled(void *device)
{
    const struct line_device *d = device;
    const struct line_state *s = d->state;
    return s->next < d->count &&
           ioapic_can_drive(d->io, ioapic_source(d->io), d->index, d->pin,
                            d->script[s->next] != LINE_RELEASE);
}

static void next(void *device, struct footprint *fp)
{
    const struct line_device *d = device;
    footprint_add(fp, resource(d), ACCESS_WRITE);
    if (d->state->next < d->count)
        ioapic_next_drive(d->io, ioapic_source(d->io), d->index, d->pin,
                          d->script[d->state->next] != LINE_RELEASE, fp);
}

static void drive(struct line_device *d, unsigned source, bool asserted)
{
    machine_say(d->io->l->m, STEP_DEVICE, "%s line %u", asserted ? "asserts" : "releases", d->pin);
    d->state->asserted = asserted;
    ioapic_drive(d->io, source, d->index, d->pin, asserted);
}

static void step(void *device)
{
    struct line_device *d = device;
    enum line_action action = d->script[d->state->next++];
    drive(d, ioapic_source(d->io), action != LINE_RELEASE);
    if (action == LINE_PULSE)
        drive(d, ioapic_source(d->io), false);
}

static void describe(void *device, char *text, size_t size)
{
    const struct line_device *d = device;
    if (d->state->next == d->count)
        snprintf(text, size, "done");
    else
        snprintf(text, size, "line %u", d->pin);
}

static const struct device_ops operations = {
    .name = "line",
    .enabled = enabled,
    .next = next,
    .step = step,
    .describe = describe,
};

/* ---- Its register ---- */

static void register_next(void *owner, struct core *c, uint64_t physical, unsigned size, bool write,
                          uint64_t value, struct footprint *fp, unsigned *flags)
{
    const struct line_device *d = owner;
    (void)physical, (void)size, (void)value;
    footprint_add(fp, resource(d), write ? ACCESS_WRITE : ACCESS_READ);
    if (write) {
        *flags |= POINT_SLOT; /* with the wrong polarity releasing the line is an edge */
        ioapic_next_drive(d->io, c->id, d->index, d->pin, false, fp);
    }
}

static bool is_register(const struct line_device *d, struct core *c, uint64_t physical, unsigned size)
{
    if (physical == d->mmio.first && size == 4)
        return true;
    machine_find(c->m, FINDING_BUG, "", "CPU%u: access of %u bytes to %#llx: the register of device %u "
                 "is 4 bytes at %#llx", c->id, size, (unsigned long long)physical, d->index,
                 (unsigned long long)d->mmio.first);
    return false;
}

static uint64_t register_read(void *owner, struct core *c, uint64_t physical, unsigned size)
{
    const struct line_device *d = owner;
    return is_register(d, c, physical, size) && d->state->asserted;
}

static void register_write(void *owner, struct core *c, uint64_t physical, unsigned size,
                           uint64_t value)
{
    struct line_device *d = owner;
    if (is_register(d, c, physical, size) && (value & 1))
        drive(d, c->id, false);
}

struct line_device *line_device_new(struct ioapic *io, unsigned index, unsigned pin,
                                    const enum line_action *script, unsigned count)
{
    struct line_device *d = calloc(1, sizeof *d);
    assert(d && pin < IOAPIC_PINS && count <= LINE_SCRIPT_MAX);
    d->io = io;
    d->index = index;
    d->pin = pin;
    d->count = count;
    memcpy(d->script, script, count * sizeof *script);
    d->mmio = (struct mmio_ops){.first = LINE_ADDRESS + 0x1000ull * index,
                                .last = LINE_ADDRESS + 0x1000ull * index + 0xfff,
                                .next = register_next,
                                .read = register_read,
                                .write = register_write};
    d->state = machine_reserve(io->l->m, sizeof *d->state);
    machine_set_device(io->l->m, index, &operations, d);
    if (io->l->cpu)
        cpu_add_mmio(io->l->cpu, &d->mmio, d);
    return d;
}

void line_device_free(struct line_device *d)
{
    free(d);
}
