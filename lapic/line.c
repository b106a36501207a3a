/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scripted devices with an interrupt line. A line has no manual of its own: a level that is asserted
 * until software has looked after the device, or pulses (ISA; sensors and counters).
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
    struct lapic *l;
    struct ioapic *io; /* NULL: it drives a local source of `core` */
    unsigned core;
    unsigned pin; /* of the I/O APIC, or enum apic_lvt */
    unsigned index, count;
    enum line_action script[LINE_SCRIPT_MAX];
    struct mmio_ops mmio;
    struct line_state *state; /* in the arena */
};

static uint64_t resource(const struct line_device *d)
{
    return resource_make(RES_DEVICE, d->index);
}

static const char *const local_name[LVT_COUNT] = {
    [LVT_CMCI] = "CMCI",   [LVT_THERMAL] = "thermal sensor", [LVT_PMC] = "performance counter",
    [LVT_LINT0] = "LINT0", [LVT_LINT1] = "LINT1"};

/* ---- Where the line goes ---- */

static bool can_drive(const struct line_device *d, unsigned source, bool asserted)
{
    return !d->io || ioapic_can_drive(d->io, source, d->index, d->pin, asserted);
}

static void next_drive(const struct line_device *d, unsigned source, bool asserted, struct footprint *fp)
{
    if (d->io)
        ioapic_next_drive(d->io, source, d->index, d->pin, asserted, fp);
    else
        pins_next_drive(d->l, d->core, (enum apic_lvt)d->pin, fp);
}

static void drive(struct line_device *d, unsigned source, bool asserted)
{
    d->state->asserted = asserted;
    if (d->io) {
        machine_say(d->l->m, STEP_DEVICE, "%s line %u", asserted ? "asserts" : "releases", d->pin);
        ioapic_drive(d->io, source, d->index, d->pin, asserted);
    } else {
        machine_say(d->l->m, STEP_DEVICE, "%s %s of CPU%u", asserted ? "asserts" : "releases",
                    local_name[d->pin], d->core);
        pins_drive(d->l, d->core, (enum apic_lvt)d->pin, d->index, asserted);
    }
}

/* The message source of what the script does. */
static unsigned own_source(const struct line_device *d)
{
    return d->io ? ioapic_source(d->io) : 0;
}

/* ---- The agent ---- */

static bool enabled(void *device)
{
    const struct line_device *d = device;
    const struct line_state *s = d->state;
    return s->next < d->count &&
           can_drive(d, own_source(d), d->script[s->next] != LINE_RELEASE);
}

static void next(void *device, struct footprint *fp)
{
    const struct line_device *d = device;
    footprint_add(fp, resource(d), ACCESS_WRITE);
    if (d->state->next < d->count)
        next_drive(d, own_source(d), d->script[d->state->next] != LINE_RELEASE, fp);
}

static void step(void *device)
{
    struct line_device *d = device;
    enum line_action action = d->script[d->state->next++];
    drive(d, own_source(d), action != LINE_RELEASE);
    if (action == LINE_PULSE)
        drive(d, own_source(d), false);
}

static void describe(void *device, char *text, size_t size)
{
    const struct line_device *d = device;
    if (d->state->next == d->count)
        snprintf(text, size, "done");
    else
        snprintf(text, size, d->io ? "line %u" : "local line", d->pin);
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
        *flags |= d->io ? POINT_SLOT : 0; /* with the wrong polarity releasing the line is an edge */
        next_drive(d, c->id, false, fp);
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

static struct line_device *attach(const struct line_device *like, const enum line_action *script)
{
    struct line_device *d = calloc(1, sizeof *d);
    assert(d && like->count <= LINE_SCRIPT_MAX);
    *d = *like;
    memcpy(d->script, script, d->count * sizeof *script);
    d->mmio = (struct mmio_ops){.first = LINE_ADDRESS + 0x1000ull * d->index,
                                .last = LINE_ADDRESS + 0x1000ull * d->index + 0xfff,
                                .next = register_next,
                                .read = register_read,
                                .write = register_write};
    d->state = machine_reserve(d->l->m, sizeof *d->state);
    machine_set_device(d->l->m, d->index, &operations, d);
    if (d->l->cpu)
        cpu_add_mmio(d->l->cpu, &d->mmio, d);
    return d;
}

struct line_device *line_device_new(struct ioapic *io, unsigned index, unsigned pin,
                                    const enum line_action *script, unsigned count)
{
    assert(pin < IOAPIC_PINS);
    return attach(&(struct line_device){.l = io->l, .io = io, .index = index, .pin = pin, .count = count},
                  script);
}

struct line_device *line_device_new_local(struct lapic *l, unsigned index, unsigned core, enum apic_lvt which,
                                          const enum line_action *script, unsigned count)
{
    assert(core < l->m->cores && pins_can_drive(which));
    for (unsigned i = 0; i < count; i++)
        assert(pins_have_level(which) || script[i] == LINE_PULSE);
    lapic_add_pins(l);
    return attach(&(struct line_device){.l = l, .core = core, .index = index, .pin = which, .count = count},
                  script);
}

void line_device_free(struct line_device *d)
{
    free(d);
}
