/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a VT-d unit does with a device's interrupt request.
 * After the VT-d specification, 5.1 (remapping), 5.2.3 (posting), 5.2.4 (order).
 *
 * Two steps of the device: its entry is looked up; then it is posted, sent or blocked. Between them
 * software may change the entry and the descriptor. Update of a descriptor and notification are one
 * step: the message may arrive late.
 */
#include "iommu/access.h"
#include "iommu/posting.h"
#include "iommu/send.h"
#include "iommu/vtd_internal.h"

struct progress {
    uint32_t looked; /* its entry has been looked up: */
    struct vtd_outcome outcome;
};

_Static_assert(sizeof(struct progress) <= REMAP_STATE, "what a device keeps for a unit");

static unsigned source(const struct vtd *v, const struct remap_job *j)
{
    return v->m->cores + j->device;
}

static struct vtd_outcome *outcome(const struct remap_job *j)
{
    return &((struct progress *)j->state)->outcome;
}

static bool is_looked_up(void *unit, const struct remap_job *j)
{
    (void)unit;
    return ((struct progress *)j->state)->looked;
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

static struct post judge_post(const struct vtd *v, const struct vtd_outcome *o)
{
    const struct memory *mem = &v->m->memory;
    struct post p = {.outside = !memory_has(&v->m->memory, o->descriptor,
                                                   sizeof(struct posted_descriptor))};
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

static void next_post(const struct vtd *v, const struct remap_job *j, struct footprint *fp)
{
    const struct vtd_outcome *o = outcome(j);
    struct post p = judge_post(v, o);
    fp->events |= EVENT_DEVICE_POST;
    if (!p.outside) {
        footprint_add_memory(fp, pir_address(o), 8, ACCESS_WRITE, 0);
        footprint_add_memory(fp, o->descriptor + PID_CONTROL, 8, ACCESS_WRITE, 0);
        footprint_add_memory(fp, o->descriptor + PID_CONTROL + 8, 24, ACCESS_READ, 0);
    }
    if (p.outside || !p.clean)
        vtd_next_fault(v, fp);
    else if (p.update.notify)
        request_next(v->lapic, source(v, j), &p.notification, fp);
}

static void block(struct vtd *v, const struct remap_job *j, enum vtd_reason reason)
{
    outcome(j)->reason = reason;
    vtd_fault(v, outcome(j), j->request->requester);
}

/* PIR and the control word change in one atomic update, and nobody sees the notification before. */
static void post(struct vtd *v, const struct remap_job *j)
{
    const struct vtd_outcome *o = outcome(j);
    unsigned context = context_of_device(j->device);
    struct post p = judge_post(v, o);
    if (p.outside) {
        block(v, j, VTD_DESCRIPTOR_ERROR);
        return;
    }
    visible_touch(&v->m->visibility, pir_address(o), 8, true, context);
    visible_touch(&v->m->visibility, o->descriptor + PID_CONTROL, 8, true, context);
    visible_touch(&v->m->visibility, o->descriptor + PID_CONTROL + 8, 24, false, context);
    if (!p.clean) {
        block(v, j, VTD_DESCRIPTOR_RESERVED);
        return;
    }
    device_record(v->m, pir_address(o), 8, p.update.pir);
    device_write(v->m, context, pir_address(o), 8, p.update.pir);
    device_write(v->m, context, o->descriptor + PID_CONTROL, 8, p.update.control);
    machine_say(v->m, STEP_DEVICE, "posts %#x%s", o->vector, p.update.notify ? ", ON = 1" : "");
    if (p.update.notify)
        request_send(v->lapic, source(v, j), &p.notification);
}

/* ---- What becomes of a request ---- */

static struct msi_request message_of(const struct vtd *v, const struct remap_job *j)
{
    const struct interrupt_request *r = j->request;
    bool dm_ignored = v->m->knobs.value[KNOB_MSI_DESTINATION_MODE] == 1;
    if (outcome(j)->form == VTD_COMPATIBILITY)
        return iommu_decode_compatibility(r->address, r->data, 0, dm_ignored);
    return iommu_message_of(outcome(j));
}

static bool enabled(void *unit, const struct remap_job *j)
{
    const struct vtd *v = unit;
    struct msi_request msg;
    struct post p;
    if (!is_looked_up(unit, j))
        return true;
    switch ((enum vtd_form)outcome(j)->form) {
    case VTD_BLOCKED:
        break;
    case VTD_COMPATIBILITY:
    case VTD_REMAPPED:
        msg = message_of(v, j);
        return request_can_send(v->lapic, source(v, j), &msg);
    case VTD_POSTED:
        p = judge_post(v, outcome(j));
        return !p.update.notify || request_can_send(v->lapic, source(v, j), &p.notification);
    }
    return true;
}

static void next_act(const struct vtd *v, const struct remap_job *j, struct footprint *fp)
{
    const struct vtd_outcome *o = outcome(j);
    struct msi_request msg;
    if (o->looked_up)
        under_way_next_end(&v->state->requests, j->device, fp);
    switch ((enum vtd_form)o->form) {
    case VTD_BLOCKED:
        if (!o->silent)
            vtd_next_fault(v, fp);
        break;
    case VTD_COMPATIBILITY:
    case VTD_REMAPPED:
        msg = message_of(v, j);
        request_next(v->lapic, source(v, j), &msg, fp);
        break;
    case VTD_POSTED:
        next_post(v, j, fp);
        break;
    }
}

static void next(void *unit, const struct remap_job *j, struct footprint *fp)
{
    if (is_looked_up(unit, j))
        next_act(unit, j, fp);
    else
        vtd_next_translate(unit, j->request, fp);
}

static void act(struct vtd *v, const struct remap_job *j)
{
    const struct vtd_outcome *o = outcome(j);
    struct msi_request msg;
    switch ((enum vtd_form)o->form) {
    case VTD_BLOCKED:
        block(v, j, (enum vtd_reason)o->reason);
        break;
    case VTD_COMPATIBILITY:
        knob_value(&v->m->knobs, KNOB_MSI_DESTINATION_MODE);
        /* fall through */
    case VTD_REMAPPED:
        msg = message_of(v, j);
        request_send(v->lapic, source(v, j), &msg);
        break;
    case VTD_POSTED:
        post(v, j);
        break;
    }
    if (o->looked_up)
        under_way_end(&v->state->requests, j->device);
}

static bool step(void *unit, const struct remap_job *j)
{
    struct progress *p = j->state;
    if (p->looked) {
        act(unit, j);
        return true;
    }
    p->outcome = vtd_translate(unit, j->request, j->device);
    p->looked = 1;
    return false;
}

static const char *name(void *unit, const struct remap_job *j)
{
    return is_looked_up(unit, j) ? "delivery" : "request";
}

static const struct remap_ops operations = {
    .enabled = enabled,
    .next = next,
    .step = step,
    .settles = is_looked_up,
    .name = name,
};

struct remapper vtd_remapper(struct vtd *v)
{
    return (struct remapper){&operations, v};
}
