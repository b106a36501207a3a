/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Posting of a device's interrupt to a guest's vAPIC by an AMD IOMMU. After the AMD IOMMU specification,
 * "Interrupt Remapping Tables, Guest Virtual APIC Enabled" (p. 93, 94), "Guest Virtual APIC Log", "Guest APIC
 * Physical Processor Interrupt" (2.2.5.4).
 *
 * Its bit is set in IRR of the backing page; IsRun, Destination, GATag and GALogIntr, which no cache keeps,
 * are read from memory; a doorbell is rung, or an entry is written to the GA log, or a physical interrupt
 * is sent. What was GuestMode = 1 in the cache may be something else in memory by then: the bits are
 * taken for what they are not. The knob vapic-post-order has other orders of those three.
 */
#include "iommu/amdvi_request.h"
#include "iommu/posting.h"
#include "iommu/send.h"
#include "lapic/doorbell.h"
#include "lapic/vapic.h"

static uint64_t irr_address(const struct progress *p, unsigned vector)
{
    return p->outcome.page + VAPIC_VIRR + vapic_word(vector);
}

/* Whether IRR held a bit before is only of interest to GAPPI. The bit is set by a locked access of any
 * width from 1 to 32 bytes; here 4. */
void post_set_irr(struct amdvi *v, const struct remap_job *j)
{
    struct progress *p = progress(j);
    unsigned vector = p->outcome.vector, context = context_of_device(j->device);
    uint64_t at = irr_address(p, vector);
    for (unsigned word = 0; word < 8 && p->mode.gappi; word++)
        p->pending |= !!device_read(v->m, context, irr_address(p, 32 * word), 4);
    uint64_t irr = device_read(v->m, context, at, 4) | 1ull << (vector & 31);
    device_record(v->m, at, 4, irr);
    device_write(v->m, context, at, 4, irr);
    machine_say(v->m, STEP_DEVICE, "vIRR bit %#x = 1", vector);
    p->stage = order(v) == IRR_FIRST ? READ_LIVE : order(v) == ISRUN_FIRST ? NOTIFY : DONE;
}

void post_next_irr(const struct remap_job *j, struct footprint *fp)
{
    const struct progress *p = progress(j);
    fp->events |= EVENT_DEVICE_POST;
    for (unsigned word = 0; word < 8 && p->mode.gappi; word++)
        footprint_add_memory(fp, irr_address(p, 32 * word), 4, ACCESS_READ, 0);
    footprint_add_memory(fp, irr_address(p, p->outcome.vector), 4, ACCESS_WRITE, 0);
}

static void live_is_read(struct amdvi *v, const struct remap_job *j)
{
    struct progress *p = progress(j);
    p->stage = order(v) == ISRUN_FIRST ? SET_IRR : NOTIFY;
}

/* An entry that was found in the cache may have left memory with its table: then it is as it was. */
void post_read_live(struct amdvi *v, const struct remap_job *j)
{
    struct progress *p = progress(j);
    unsigned context = context_of_device(j->device);
    knob_value(&v->m->knobs, KNOB_IRTE_FETCH);
    p->live = p->entry;
    if (!memory_has(&v->m->memory, p->at, 16)) {
        live_is_read(v, j);
        return;
    }
    p->live.low = device_read(v->m, context, p->at, 8);
    machine_say(v->m, STEP_DEVICE, "IsRun = %d", !!(p->live.low & IRTE_IS_RUN));
    if (in_halves(v, p)) {
        p->stage = READ_LIVE_UPPER;
        return;
    }
    p->live.high = device_read(v->m, context, p->at + 8, 8);
    live_is_read(v, j);
}

void post_read_live_upper(struct amdvi *v, const struct remap_job *j)
{
    struct progress *p = progress(j);
    p->live.high = device_read(v->m, context_of_device(j->device), p->at + 8, 8);
    live_is_read(v, j);
}

/* ---- Notification ---- */

enum notification { NO_NOTIFICATION, DOORBELL, PHYSICAL_INTERRUPT, LOG_ENTRY };

static struct amdvi_live live_of(const struct amdvi *v, const struct progress *p)
{
    struct amdvi_live live = amdvi_live_fields(&p->live, p->mode);
    struct amdvi_live cached = amdvi_live_fields(&p->entry, p->mode);
    if (v->m->knobs.value[KNOB_IRTE_GALOGINTR] == 1) {
        live.ga_log_intr = cached.ga_log_intr;
        live.gappi_dis = cached.gappi_dis;
    }
    return live;
}

/* With GAPPIEn there are no entries of the GA log. */
static enum notification notification_of(const struct amdvi *v, const struct progress *p)
{
    struct amdvi_live live = live_of(v, p);
    bool always = v->m->knobs.value[KNOB_GAPPI_FILTER] == 1;
    if (live.is_run)
        return DOORBELL;
    if (p->mode.gappi)
        return live.gappi_dis || (p->pending && !always) ? NO_NOTIFICATION : PHYSICAL_INTERRUPT;
    return live.ga_log_intr ? LOG_ENTRY : NO_NOTIFICATION;
}

/* Vector GATag 7:0, to the physical destination. */
static struct msi_request physical_interrupt(const struct amdvi *v, const struct progress *p)
{
    struct amdvi_live live = live_of(v, p);
    return iommu_notification(live.tag & 0xff, p->mode.xt ? live.destination
                                                          : iommu_xapic_destination(live.destination));
}

bool post_can_notify(const struct amdvi *v, const struct remap_job *j)
{
    const struct progress *p = progress(j);
    struct msi_request msg;
    switch (notification_of(v, p)) {
    case DOORBELL:
        return doorbell_can_send(v->lapic, source(v, j), live_of(v, p).destination);
    case PHYSICAL_INTERRUPT:
        msg = physical_interrupt(v, p);
        return request_can_send(v->lapic, source(v, j), &msg);
    case LOG_ENTRY:
        return log_can_append(v, LOG_GA, source(v, j));
    case NO_NOTIFICATION:
        break;
    }
    return true;
}

void post_next_notify(const struct amdvi *v, const struct remap_job *j, struct footprint *fp)
{
    const struct progress *p = progress(j);
    struct msi_request msg;
    switch (notification_of(v, p)) {
    case DOORBELL:
        doorbell_next(v->lapic, source(v, j), live_of(v, p).destination, fp);
        break;
    case PHYSICAL_INTERRUPT:
        msg = physical_interrupt(v, p);
        request_next(v->lapic, source(v, j), &msg, fp);
        break;
    case LOG_ENTRY:
        log_next_append(v, LOG_GA, source(v, j), fp);
        break;
    case NO_NOTIFICATION:
        break;
    }
}

static void append_tag(struct amdvi *v, const struct remap_job *j)
{
    const uint64_t entry[2] = {live_of(v, progress(j)).tag | (uint64_t)j->request->requester << 32 |
                               AMDVI_GA_GUEST_INTERRUPT};
    log_append(v, LOG_GA, source(v, j), context_of_device(j->device), entry);
}

void post_notify(struct amdvi *v, const struct remap_job *j)
{
    struct progress *p = progress(j);
    enum notification which = notification_of(v, p);
    struct msi_request msg;
    if (which != DOORBELL)
        knob_value(&v->m->knobs, KNOB_IRTE_GALOGINTR);
    if (which != DOORBELL && p->mode.gappi)
        knob_value(&v->m->knobs, KNOB_GAPPI_FILTER);
    switch (which) {
    case DOORBELL:
        doorbell_send(v->lapic, source(v, j), live_of(v, p).destination);
        break;
    case PHYSICAL_INTERRUPT:
        msg = physical_interrupt(v, p);
        request_send(v->lapic, source(v, j), &msg);
        break;
    case LOG_ENTRY:
        append_tag(v, j);
        break;
    case NO_NOTIFICATION:
        machine_say(v->m, STEP_DEVICE, "nobody is notified");
    }
    p->stage = order(v) == IRR_LAST ? SET_IRR : DONE;
}
