/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scripted device with MSI or MSI-X. Each of its stores is a step; what an interrupt is made of, the
 * unit in front of it says (iommu/remap.h). The device does nothing else meanwhile, so that its
 * interrupts stay behind its earlier stores and before its later ones (PCIe: posted writes).
 */
#include "iommu/msi.h"

#include <stdio.h>
#include <stdlib.h>

#include "iommu/access.h"

struct msi_state {
    uint32_t next;    /* interrupt of the script */
    uint32_t written; /* how many of its stores are done */
    uint64_t progress[REMAP_STATE / 8]; /* the unit's, of the interrupt itself */
};

struct msi_device {
    struct machine *m;
    struct remapper unit;
    unsigned index;
    unsigned count;
    struct msi_interrupt script[MSI_SCRIPT_MAX];
    struct msi_state *state; /* in the arena */
};

enum step_of { STORES, INTERRUPTS, DONE };

uint64_t msi_remappable_address(uint16_t handle)
{
    return 0xfee00010u | (uint64_t)(handle & 0x7fff) << 5 | (uint64_t)(handle >> 15) << 2;
}

static const struct msi_interrupt *current(const struct msi_device *d)
{
    return &d->script[d->state->next];
}

static enum step_of step_of(const struct msi_device *d)
{
    if (d->state->next == d->count)
        return DONE;
    return d->state->written < current(d)->writes ? STORES : INTERRUPTS;
}

static struct remap_job job(const struct msi_device *d)
{
    return (struct remap_job){&current(d)->request, d->index, d->state->progress};
}

static bool enabled(void *device)
{
    const struct msi_device *d = device;
    struct remap_job j;
    switch (step_of(d)) {
    case STORES:
        return true;
    case INTERRUPTS:
        j = job(d);
        return d->unit.ops->enabled(d->unit.unit, &j);
    case DONE:
        break;
    }
    return false;
}

static void next_interrupt(const struct msi_device *d, struct footprint *fp)
{
    struct remap_job j = job(d);
    if (current(d)->count && d->unit.ops->settles(d->unit.unit, &j))
        footprint_add_memory(fp, current(d)->count, 4, ACCESS_WRITE, 0);
    d->unit.ops->next(d->unit.unit, &j, fp);
}

static void next(void *device, struct footprint *fp)
{
    const struct msi_device *d = device;
    switch (step_of(d)) {
    case STORES:
        footprint_add_memory(fp, current(d)->write[d->state->written].address, 4, ACCESS_WRITE, 0);
        break;
    case INTERRUPTS:
        next_interrupt(d, fp);
        break;
    case DONE:
        break;
    }
}

static void store(struct msi_device *d)
{
    const struct msi_write *w = &current(d)->write[d->state->written++];
    device_record(d->m, w->address, 4, w->value);
    device_write(d->m, context_of_device(d->index), w->address, 4, w->value);
    machine_say(d->m, STEP_DEVICE, "stores %#x", w->value);
}

static void count(struct msi_device *d, uint64_t at)
{
    unsigned context = context_of_device(d->index);
    device_write(d->m, context, at, 4, device_read(d->m, context, at, 4) + 1);
}

static void interrupt(struct msi_device *d)
{
    struct remap_job j = job(d);
    if (current(d)->count && d->unit.ops->settles(d->unit.unit, &j))
        count(d, current(d)->count);
    if (!d->unit.ops->step(d->unit.unit, &j))
        return;
    d->state->next++;
    d->state->written = 0;
    memset(d->state->progress, 0, sizeof d->state->progress);
}

static void step(void *device)
{
    struct msi_device *d = device;
    switch (step_of(d)) {
    case STORES:
        store(d);
        break;
    case INTERRUPTS:
        interrupt(d);
        break;
    case DONE:
        assert(!"a device whose script is done");
    }
}

static void describe(void *device, char *text, size_t size)
{
    const struct msi_device *d = device;
    struct remap_job j;
    switch (step_of(d)) {
    case STORES:
        snprintf(text, size, "stores");
        break;
    case INTERRUPTS:
        j = job(d);
        snprintf(text, size, "%s", d->unit.ops->name(d->unit.unit, &j));
        break;
    case DONE:
        snprintf(text, size, "done");
    }
}

static const struct device_ops operations = {
    .name = "device",
    .enabled = enabled,
    .next = next,
    .step = step,
    .describe = describe,
};

static void check(const struct machine *m, const struct msi_interrupt *i)
{
    assert(i->request.address >> 20 == 0xfee);
    assert(!(i->count & 3) && memory_has(&m->memory, i->count, 4));
    assert(i->writes <= MSI_WRITES_MAX);
    for (unsigned w = 0; w < i->writes; w++)
        assert(!(i->write[w].address & 3) && memory_has(&m->memory, i->write[w].address, 4));
}

struct msi_device *msi_device_new(struct machine *m, struct lapic *lapic, struct remapper unit,
                                  unsigned index, const struct msi_interrupt *script,
                                  unsigned count)
{
    struct msi_device *d = calloc(1, sizeof *d);
    assert(d);
    assert(count <= MSI_SCRIPT_MAX);
    lapic->levels = true;
    *d = (struct msi_device){.m = m, .unit = unit, .index = index, .count = count};
    for (unsigned i = 0; i < count; i++) {
        check(m, &script[i]);
        d->script[i] = script[i];
    }
    d->state = machine_reserve(m, sizeof *d->state);
    machine_set_device(m, index, &operations, d);
    return d;
}

void msi_device_free(struct msi_device *d)
{
    free(d);
}

unsigned msi_device_done(const struct msi_device *d)
{
    return d->state->next;
}
