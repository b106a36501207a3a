/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scripted device with MSI or MSI-X. What the VT-d unit does with its requests is in sender.c. After the VT-d
 * specification, 5.2.4 (order).
 *
 * Each store of the device is a step. An interrupt is two: its entry is looked up; then it is posted,
 * sent or blocked. Between them software may change the entry and the descriptor. The device does
 * nothing else meanwhile, so that its interrupts stay behind its earlier stores and before its
 * later ones.
 */
#include "iommu/msi.h"

#include <stdio.h>
#include <stdlib.h>

#include "iommu/send.h"
#include "iommu/sender.h"
#include "sim/tso.h"

struct msi_state {
    uint32_t next;    /* interrupt of the script */
    uint32_t written; /* how many of its stores are done */
    uint32_t looked;  /* its entry has been looked up: */
    struct vtd_outcome outcome;
};

struct msi_device {
    struct vtd_sender sender;
    unsigned count;
    struct msi_interrupt script[MSI_SCRIPT_MAX];
    struct msi_state *state; /* in the arena */
};

enum step_of { STORES, LOOKS_UP, ACTS, DONE };

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
    if (d->state->written < current(d)->writes)
        return STORES;
    return d->state->looked ? ACTS : LOOKS_UP;
}

/* What the request says in compatibility format. */
static struct msi_request compatible(const struct msi_device *d)
{
    const struct vtd_request *r = &current(d)->request;
    bool dm_ignored = d->sender.m->knobs.value[KNOB_MSI_DESTINATION_MODE] == 1;
    return iommu_decode_compatibility(r->address, r->data, 0, dm_ignored);
}

static void count(struct msi_device *d)
{
    struct machine *m = d->sender.m;
    uint64_t at = current(d)->count;
    if (!at)
        return;
    sender_touch(&d->sender, at, 4, true);
    tso_write_global(m, at, 4, memory_read(&m->memory, at, 4) + 1);
}

static void next_act(const struct msi_device *d, struct footprint *fp)
{
    struct msi_request msg = compatible(d);
    if (current(d)->count)
        footprint_add_memory(fp, current(d)->count, 4, ACCESS_WRITE, 0);
    sender_next_act(&d->sender, &d->state->outcome, &msg, fp);
}

static void act(struct msi_device *d)
{
    struct vtd_outcome *o = &d->state->outcome;
    struct msi_request msg = compatible(d);
    count(d);
    if (o->form == VTD_COMPATIBILITY)
        knob_value(&d->sender.m->knobs, KNOB_MSI_DESTINATION_MODE);
    sender_act(&d->sender, o, &msg, current(d)->request.requester);
    d->state->next++;
    d->state->written = d->state->looked = 0;
    memset(o, 0, sizeof *o);
}

/* ---- The agent ---- */

static bool enabled(void *device)
{
    const struct msi_device *d = device;
    enum step_of s = step_of(d);
    if (s != ACTS)
        return s != DONE;
    struct msi_request msg = compatible(d);
    return sender_can_act(&d->sender, &d->state->outcome, &msg);
}

static void next(void *device, struct footprint *fp)
{
    const struct msi_device *d = device;
    switch (step_of(d)) {
    case STORES:
        footprint_add_memory(fp, current(d)->write[d->state->written].address, 4, ACCESS_WRITE, 0);
        break;
    case LOOKS_UP:
        if (d->sender.vtd)
            vtd_next_translate(d->sender.vtd, &current(d)->request, fp);
        break;
    case ACTS:
        next_act(d, fp);
        break;
    case DONE:
        break;
    }
}

static void store(struct msi_device *d)
{
    const struct msi_write *w = &current(d)->write[d->state->written++];
    sender_touch(&d->sender, w->address, 4, true);
    sender_record(&d->sender, w->address, 4, w->value);
    tso_write_global(d->sender.m, w->address, 4, w->value);
    machine_say(d->sender.m, STEP_DEVICE, "stores %#x", w->value);
}

static void look_up(struct msi_device *d)
{
    struct msi_state *s = d->state;
    s->looked = 1;
    if (d->sender.vtd)
        s->outcome = vtd_translate(d->sender.vtd, &current(d)->request, d->sender.index);
    else
        s->outcome.form = VTD_COMPATIBILITY;
}

static void step(void *device)
{
    struct msi_device *d = device;
    switch (step_of(d)) {
    case STORES:
        store(d);
        break;
    case LOOKS_UP:
        look_up(d);
        break;
    case ACTS:
        act(d);
        break;
    case DONE:
        assert(!"a device whose script is done");
    }
}

static void describe(void *device, char *text, size_t size)
{
    const struct msi_device *d = device;
    static const char *const names[] = {"stores", "request", "delivery", "done"};
    snprintf(text, size, "%s", names[step_of(d)]);
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
    assert(!(i->count & 3) && i->count + 4 <= m->memory.size);
    assert(i->writes <= MSI_WRITES_MAX);
    for (unsigned w = 0; w < i->writes; w++)
        assert(!(i->write[w].address & 3) && i->write[w].address + 4 <= m->memory.size);
}

struct msi_device *msi_device_new(struct machine *m, struct lapic *lapic, struct vtd *vtd,
                                  unsigned index, const struct msi_interrupt *script,
                                  unsigned count)
{
    struct msi_device *d = calloc(1, sizeof *d);
    assert(d);
    assert(count <= MSI_SCRIPT_MAX);
    lapic->levels = true;
    *d = (struct msi_device){.sender = {m, lapic, vtd, index}, .count = count};
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
