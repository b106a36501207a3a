/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the VT-d unit does with a request behind the lookup of its entry. After the VT-d specification,
 * 5.1 (remapping), 5.2.3 (posting). Update of a descriptor and notification are one step: the message may
 * arrive late.
 */
#include "iommu/sender.h"

#include "iommu/posting.h"
#include "iommu/send.h"
#include "sim/tso.h"

static unsigned source(const struct vtd_sender *s)
{
    return s->m->cores + s->index;
}

void sender_touch(const struct vtd_sender *s, uint64_t address, unsigned size, bool write)
{
    visible_touch(&s->m->visibility, address, size, write, context_of_device(s->index));
}

void sender_record(const struct vtd_sender *s, uint64_t address, unsigned size, uint64_t value)
{
    struct step *r = s->m->record;
    if (!r)
        return;
    r->address = address;
    r->size = (uint8_t)size;
    r->old = memory_read(&s->m->memory, address, size);
    r->value = value;
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

static struct post judge_post(const struct vtd_sender *s, const struct vtd_outcome *o)
{
    const struct memory *mem = &s->m->memory;
    struct post p = {.outside = !memory_has(mem, o->descriptor, sizeof(struct posted_descriptor))};
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

static void next_post(const struct vtd_sender *s, const struct vtd_outcome *o, struct footprint *fp)
{
    struct post p = judge_post(s, o);
    fp->events |= EVENT_DEVICE_POST;
    if (!p.outside) {
        footprint_add_memory(fp, pir_address(o), 8, ACCESS_WRITE, 0);
        footprint_add_memory(fp, o->descriptor + PID_CONTROL, 8, ACCESS_WRITE, 0);
        footprint_add_memory(fp, o->descriptor + PID_CONTROL + 8, 24, ACCESS_READ, 0);
    }
    if (p.outside || !p.clean)
        vtd_next_fault(s->vtd, fp);
    else if (p.update.notify)
        request_next(s->lapic, source(s), &p.notification, fp);
}

static void block(const struct vtd_sender *s, struct vtd_outcome *o, enum vtd_reason reason,
                  uint16_t requester)
{
    o->reason = reason;
    vtd_fault(s->vtd, o, requester);
}

/* PIR and the control word change in one atomic update, and nobody sees the notification before. */
static void post(const struct vtd_sender *s, struct vtd_outcome *o, uint16_t requester)
{
    struct post p = judge_post(s, o);
    if (p.outside) {
        block(s, o, VTD_DESCRIPTOR_ERROR, requester);
        return;
    }
    for (unsigned at = PID_CONTROL + 8; at < sizeof(struct posted_descriptor); at += 8)
        sender_touch(s, o->descriptor + at, 8, false);
    sender_touch(s, pir_address(o), 8, true);
    sender_touch(s, o->descriptor + PID_CONTROL, 8, true);
    if (!p.clean) {
        block(s, o, VTD_DESCRIPTOR_RESERVED, requester);
        return;
    }
    sender_record(s, pir_address(o), 8, p.update.pir);
    tso_write_global(s->m, pir_address(o), 8, p.update.pir);
    tso_write_global(s->m, o->descriptor + PID_CONTROL, 8, p.update.control);
    machine_say(s->m, STEP_DEVICE, "posts %#x%s", o->vector, p.update.notify ? ", ON = 1" : "");
    if (p.update.notify)
        request_send(s->lapic, source(s), &p.notification);
}

/* ---- What becomes of a request ---- */

static struct msi_request message_of(const struct vtd_outcome *o, const struct msi_request *compatible)
{
    return o->form == VTD_COMPATIBILITY ? *compatible : iommu_message_of(o);
}

bool sender_can_act(const struct vtd_sender *s, const struct vtd_outcome *o,
                    const struct msi_request *compatible)
{
    struct msi_request msg;
    struct post p;
    switch ((enum vtd_form)o->form) {
    case VTD_BLOCKED:
        break;
    case VTD_COMPATIBILITY:
    case VTD_REMAPPED:
        msg = message_of(o, compatible);
        return request_can_send(s->lapic, source(s), &msg);
    case VTD_POSTED:
        p = judge_post(s, o);
        return !p.update.notify || request_can_send(s->lapic, source(s), &p.notification);
    }
    return true;
}

void sender_next_act(const struct vtd_sender *s, const struct vtd_outcome *o,
                     const struct msi_request *compatible, struct footprint *fp)
{
    struct msi_request msg;
    if (o->looked_up)
        vtd_next_finish(s->vtd, s->index, fp);
    switch ((enum vtd_form)o->form) {
    case VTD_BLOCKED:
        if (!o->silent)
            vtd_next_fault(s->vtd, fp);
        break;
    case VTD_COMPATIBILITY:
    case VTD_REMAPPED:
        msg = message_of(o, compatible);
        request_next(s->lapic, source(s), &msg, fp);
        break;
    case VTD_POSTED:
        next_post(s, o, fp);
        break;
    }
}

void sender_act(const struct vtd_sender *s, struct vtd_outcome *o, const struct msi_request *compatible,
                uint16_t requester)
{
    struct msi_request msg;
    switch ((enum vtd_form)o->form) {
    case VTD_BLOCKED:
        block(s, o, (enum vtd_reason)o->reason, requester);
        break;
    case VTD_COMPATIBILITY:
    case VTD_REMAPPED:
        msg = message_of(o, compatible);
        request_send(s->lapic, source(s), &msg);
        break;
    case VTD_POSTED:
        post(s, o, requester);
        break;
    }
    if (o->looked_up)
        vtd_finish(s->vtd, s->index);
}
