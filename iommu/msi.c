/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scripted device with MSI or MSI-X, and what the VT-d unit does with its requests.
 * After the VT-d specification, 5.1 (remapping), 5.2.3 (posting), 5.2.4 (order).
 *
 * Each store of the device is a step. An interrupt is two: its entry is looked up; then it is posted,
 * sent or blocked. Between them software may change the entry and the descriptor. The device does
 * nothing else meanwhile, so that its interrupts stay behind its earlier stores and before its
 * later ones. Update of a descriptor and notification are one step: the message may arrive late.
 */
#include "iommu/msi.h"

#include <stdio.h>
#include <stdlib.h>

#include "iommu/posting.h"
#include "iommu/send.h"
#include "sim/message.h"
#include "sim/tso.h"

struct msi_state {
    uint32_t next;    /* interrupt of the script */
    uint32_t written; /* how many of its stores are done */
    uint32_t looked;  /* its entry has been looked up: */
    struct vtd_outcome outcome;
};

struct msi_device {
    struct machine *m;
    struct lapic *lapic;
    struct vtd *vtd;
    unsigned index;
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

static unsigned source(const struct msi_device *d)
{
    return d->m->cores + d->index;
}

static void touch(struct msi_device *d, uint64_t address, unsigned size, bool write)
{
    visible_touch(&d->m->visibility, address, size, write, context_of_device(d->index));
}

static void record(struct machine *m, uint64_t address, unsigned size, uint64_t value)
{
    if (!m->record)
        return;
    m->record->address = address;
    m->record->size = (uint8_t)size;
    m->record->old = memory_read(&m->memory, address, size);
    m->record->value = value;
}

/* ---- Posting ---- */

struct post {
    bool outside;  /* no memory there */
    bool clean;    /* no reserved bit is set */
    struct iommu_update update;
    struct msi_request notification;
};

static uint64_t pir_address(const struct vtd_outcome *o)
{
    return o->descriptor + 8 * (o->vector / 64);
}

static struct post judge_post(const struct msi_device *d)
{
    const struct memory *mem = &d->m->memory;
    const struct vtd_outcome *o = &d->state->outcome;
    struct post p = {.outside = o->descriptor >= mem->size ||
                                mem->size - o->descriptor < sizeof(struct posted_descriptor)};
    if (p.outside)
        return p;
    uint64_t control = memory_read(mem, o->descriptor + PID_CONTROL, 8);
    p.clean = vtd_descriptor_is_clean(control, o->extended);
    for (unsigned at = PID_CONTROL + 8; at < sizeof(struct posted_descriptor); at += 8)
        p.clean &= !memory_read(mem, o->descriptor + at, 8);
    p.update = iommu_judge_post(memory_read(mem, pir_address(o), 8), control, o->vector, o->urgent);
    p.update.notify &= p.clean;
    p.notification = iommu_notification(p.update.nv,
                                        vtd_notification_destination(control, o->extended));
    return p;
}

static void next_post(const struct msi_device *d, struct footprint *fp)
{
    const struct vtd_outcome *o = &d->state->outcome;
    struct post p = judge_post(d);
    fp->events |= EVENT_DEVICE_POST;
    if (!p.outside) {
        footprint_add_memory(fp, pir_address(o), 8, ACCESS_WRITE, 0);
        footprint_add_memory(fp, o->descriptor + PID_CONTROL, 8, ACCESS_WRITE, 0);
        footprint_add_memory(fp, o->descriptor + PID_CONTROL + 8, 24, ACCESS_READ, 0);
    }
    if (p.outside || !p.clean)
        vtd_next_fault(d->vtd, fp);
    else if (p.update.notify)
        request_next(d->lapic, source(d), &p.notification, fp);
}

static void block(struct msi_device *d, enum vtd_reason reason)
{
    d->state->outcome.reason = reason;
    vtd_fault(d->vtd, &d->state->outcome, current(d)->request.requester);
}

/* PIR and the control word change in one atomic update, and nobody sees the notification before. */
static void post(struct msi_device *d)
{
    const struct vtd_outcome *o = &d->state->outcome;
    struct post p = judge_post(d);
    if (p.outside) {
        block(d, VTD_DESCRIPTOR_ERROR);
        return;
    }
    for (unsigned at = PID_CONTROL + 8; at < sizeof(struct posted_descriptor); at += 8)
        touch(d, o->descriptor + at, 8, false);
    touch(d, pir_address(o), 8, true);
    touch(d, o->descriptor + PID_CONTROL, 8, true);
    if (!p.clean) {
        block(d, VTD_DESCRIPTOR_RESERVED);
        return;
    }
    record(d->m, pir_address(o), 8, p.update.pir);
    tso_write_global(d->m, pir_address(o), 8, p.update.pir);
    tso_write_global(d->m, o->descriptor + PID_CONTROL, 8, p.update.control);
    machine_say(d->m, STEP_DEVICE, "posts %#x%s", o->vector, p.update.notify ? ", ON = 1" : "");
    if (p.update.notify)
        request_send(d->lapic, source(d), &p.notification);
}

/* ---- What becomes of a request ---- */

static struct msi_request message_of(const struct msi_device *d)
{
    const struct vtd_request *r = &current(d)->request;
    bool dm_ignored = d->m->knobs.value[KNOB_MSI_DESTINATION_MODE] == 1;
    if (d->state->outcome.form == VTD_COMPATIBILITY)
        return iommu_decode_compatibility(r->address, r->data, 0, dm_ignored);
    return iommu_message_of(&d->state->outcome);
}

static bool can_act(const struct msi_device *d)
{
    struct msi_request msg;
    struct post p;
    switch ((enum vtd_form)d->state->outcome.form) {
    case VTD_BLOCKED:
        break;
    case VTD_COMPATIBILITY:
    case VTD_REMAPPED:
        msg = message_of(d);
        return request_can_send(d->lapic, source(d), &msg);
    case VTD_POSTED:
        p = judge_post(d);
        return !p.update.notify || request_can_send(d->lapic, source(d), &p.notification);
    }
    return true;
}

static void next_act(const struct msi_device *d, struct footprint *fp)
{
    const struct vtd_outcome *o = &d->state->outcome;
    struct msi_request msg;
    if (current(d)->count)
        footprint_add_memory(fp, current(d)->count, 4, ACCESS_WRITE, 0);
    if (o->looked_up)
        vtd_next_finish(d->vtd, d->index, fp);
    switch ((enum vtd_form)o->form) {
    case VTD_BLOCKED:
        if (!o->silent)
            vtd_next_fault(d->vtd, fp);
        break;
    case VTD_COMPATIBILITY:
    case VTD_REMAPPED:
        msg = message_of(d);
        request_next(d->lapic, source(d), &msg, fp);
        break;
    case VTD_POSTED:
        next_post(d, fp);
        break;
    }
}

static void count(struct msi_device *d)
{
    uint64_t at = current(d)->count;
    if (!at)
        return;
    touch(d, at, 4, true);
    tso_write_global(d->m, at, 4, memory_read(&d->m->memory, at, 4) + 1);
}

static void act(struct msi_device *d)
{
    struct vtd_outcome *o = &d->state->outcome;
    struct msi_request msg;
    count(d);
    switch ((enum vtd_form)o->form) {
    case VTD_BLOCKED:
        block(d, (enum vtd_reason)o->reason);
        break;
    case VTD_COMPATIBILITY:
        knob_value(&d->m->knobs, KNOB_MSI_DESTINATION_MODE);
        /* fall through */
    case VTD_REMAPPED:
        msg = message_of(d);
        request_send(d->lapic, source(d), &msg);
        break;
    case VTD_POSTED:
        post(d);
        break;
    }
    if (o->looked_up)
        vtd_finish(d->vtd, d->index);
    d->state->next++;
    d->state->written = d->state->looked = 0;
    memset(o, 0, sizeof *o);
}

/* ---- The agent ---- */

static bool enabled(void *device)
{
    const struct msi_device *d = device;
    enum step_of s = step_of(d);
    return s == ACTS ? can_act(d) : s != DONE;
}

static void next(void *device, struct footprint *fp)
{
    const struct msi_device *d = device;
    switch (step_of(d)) {
    case STORES:
        footprint_add_memory(fp, current(d)->write[d->state->written].address, 4, ACCESS_WRITE, 0);
        break;
    case LOOKS_UP:
        if (d->vtd)
            vtd_next_translate(d->vtd, &current(d)->request, fp);
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
    touch(d, w->address, 4, true);
    record(d->m, w->address, 4, w->value);
    tso_write_global(d->m, w->address, 4, w->value);
    machine_say(d->m, STEP_DEVICE, "stores %#x", w->value);
}

static void look_up(struct msi_device *d)
{
    struct msi_state *s = d->state;
    s->looked = 1;
    if (d->vtd)
        s->outcome = vtd_translate(d->vtd, &current(d)->request, d->index);
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
    *d = (struct msi_device){.m = m, .lapic = lapic, .vtd = vtd, .index = index, .count = count};
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
