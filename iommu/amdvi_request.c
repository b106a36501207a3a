/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an AMD IOMMU does with a device's interrupt request. After the AMD IOMMU specification, "Interrupt
 * Remapping", "Interrupt Remapping Tables".
 *
 * Each of these is a step of the device, and software may change anything in between: the device table
 * entry is read, the remapping entry is read (both from a cache or from memory), then the interrupt is
 * sent, blocked, or posted (iommu/amdvi_post.c).
 */
#include "iommu/amdvi_request.h"
#include "iommu/send.h"

static void block(struct progress *p, enum amdvi_event event, uint64_t address)
{
    p->outcome = (struct amdvi_outcome){.form = AMDVI_BLOCKED, .event = event,
                                        .flags = AMDVI_EVENT_I, .page = address};
    p->stage = BLOCK;
}

/* ---- The device table entry ---- */

static void judge_device(struct amdvi *v, const struct remap_job *j)
{
    struct progress *p = progress(j);
    struct table_entry e = table_read_device(v, j->request->requester, j->device);
    bool iv_0_aborts = !(e.low & DTE_IV) && knob_value(&v->m->knobs, KNOB_DTE_IV_0) == 1;
    bool silently = v->m->knobs.value[KNOB_AMDVI_ABORTS] == 1;
    p->dte = e.low;
    p->at = (e.low & DTE_TABLE) + (uint64_t)entry_bytes(p) * amdvi_index(j->request->data);
    p->outcome = amdvi_judge_device(&e, j->request->data, amdvi_controls(v, AMDVI_REMAP_2048),
                                    iv_0_aborts, silently);
    if (p->outcome.form == AMDVI_BLOCKED && p->outcome.event != AMDVI_ILLEGAL_DEV_TABLE_ENTRY)
        knob_value(&v->m->knobs, KNOB_AMDVI_ABORTS);
    if (p->outcome.form == AMDVI_REMAPPED)
        p->stage = READ_ENTRY;
    else
        p->stage = p->outcome.form == AMDVI_BLOCKED ? BLOCK : SEND;
}

static void read_device(struct amdvi *v, const struct remap_job *j)
{
    struct progress *p = progress(j);
    uint64_t at;
    p->mode = amdvi_mode_of(v);
    if (!amdvi_controls(v, AMDVI_IOMMU_EN)) {
        p->outcome.form = AMDVI_UNMAPPED;
        p->stage = SEND;
        return;
    }
    p->looked_up = 1;
    under_way_begin(&v->state->requests, j->device);
    if (!table_device_address(v, j->request->requester, &at))
        block(p, AMDVI_IO_PAGE_FAULT, 0);
    else if (!memory_has(&v->m->memory, at, DTE_BYTES))
        block(p, AMDVI_DEV_TAB_HARDWARE_ERROR, at);
    else
        judge_device(v, j);
}

/* ---- The remapping entry ---- */

static void begin_to_post(struct amdvi *v, struct progress *p)
{
    knob_value(&v->m->knobs, KNOB_VAPIC_POST_ORDER);
    p->stage = order(v) == IRR_FIRST ? SET_IRR : READ_LIVE;
}

static void judge_entry(struct amdvi *v, const struct remap_job *j)
{
    struct progress *p = progress(j);
    p->outcome = amdvi_judge_entry(&p->entry, p->mode);
    if (p->outcome.event == AMDVI_IO_PAGE_FAULT && (p->dte & DTE_IG))
        p->outcome.event = AMDVI_NO_EVENT;
    if (p->outcome.form == AMDVI_BLOCKED)
        p->stage = BLOCK;
    else if (p->outcome.form != AMDVI_GUEST)
        p->stage = SEND;
    else if (!memory_has(&v->m->memory, p->outcome.page, 4096))
        block(p, AMDVI_PAGE_TAB_HARDWARE_ERROR, p->outcome.page);
    else
        begin_to_post(v, p);
}

static uint32_t key_of(const struct remap_job *j)
{
    return (uint32_t)j->request->requester << 16 | amdvi_index(j->request->data);
}

static void read_upper(struct amdvi *v, const struct remap_job *j)
{
    struct progress *p = progress(j);
    p->entry.high = device_read(v->m, context_of_device(j->device), p->at + 8, 8);
    table_keep(v, key_of(j), &p->entry, j->device);
    judge_entry(v, j);
}

static void fetch(struct amdvi *v, const struct remap_job *j)
{
    struct progress *p = progress(j);
    p->entry.low = device_read(v->m, context_of_device(j->device), p->at, p->mode.ga ? 8 : 4);
    if (p->mode.ga) {
        p->stage = READ_UPPER;
        if (knob_value(&v->m->knobs, KNOB_IRTE_FETCH) == 0)
            read_upper(v, j); /* in the same step */
        return;
    }
    table_keep(v, key_of(j), &p->entry, j->device);
    judge_entry(v, j);
}

static void read_entry(struct amdvi *v, const struct remap_job *j)
{
    struct progress *p = progress(j);
    bool cached = table_is_cached(v, key_of(j), &p->entry);
    machine_say(v->m, STEP_DEVICE, "entry %u of device %#x: %s", amdvi_index(j->request->data),
                j->request->requester, cached ? "found in the cache" : "read from memory");
    if (cached)
        judge_entry(v, j);
    else if (!memory_has(&v->m->memory, p->at, entry_bytes(p)))
        block(p, AMDVI_PAGE_TAB_HARDWARE_ERROR, p->at);
    else
        fetch(v, j);
}

/* ---- Sent, or blocked ---- */

static struct msi_request message_of(const struct amdvi *v, const struct remap_job *j)
{
    const struct amdvi_outcome *o = &progress(j)->outcome;
    bool dm_ignored = v->m->knobs.value[KNOB_MSI_DESTINATION_MODE] == 1;
    if (o->form == AMDVI_UNMAPPED)
        return iommu_decode_compatibility(j->request->address, j->request->data, 0, dm_ignored);
    return (struct msi_request){
        .delivery = o->delivery,
        .vector = o->vector,
        .level = o->level,
        .to = {.address = progress(j)->mode.xt ? o->destination
                                               : iommu_xapic_destination(o->destination),
               .logical = o->logical},
    };
}

static void send(struct amdvi *v, const struct remap_job *j)
{
    struct msi_request msg = message_of(v, j);
    if (progress(j)->outcome.form == AMDVI_UNMAPPED)
        knob_value(&v->m->knobs, KNOB_MSI_DESTINATION_MODE);
    request_send(v->lapic, source(v, j), &msg);
    progress(j)->stage = DONE;
}

static void report(struct amdvi *v, const struct remap_job *j)
{
    const struct amdvi_outcome *o = &progress(j)->outcome;
    const uint64_t entry[2] = {(uint64_t)o->event << 60 | o->flags | j->request->requester,
                               o->page ? o->page : j->request->address};
    machine_say(v->m, STEP_DEVICE, "blocked%s", o->event ? "" : ", not reported");
    if (o->event)
        log_append(v, LOG_EVENT, source(v, j), context_of_device(j->device), entry);
    progress(j)->stage = DONE;
}

/* ---- The steps ---- */

static bool is_last(const struct amdvi *v, enum stage stage)
{
    return stage == SEND || stage == BLOCK || stage == (order(v) == IRR_LAST ? SET_IRR : NOTIFY);
}

static bool enabled(void *unit, const struct remap_job *j)
{
    const struct amdvi *v = unit;
    const struct progress *p = progress(j);
    struct msi_request msg;
    switch ((enum stage)p->stage) {
    case SEND:
        msg = message_of(v, j);
        return request_can_send(v->lapic, source(v, j), &msg);
    case BLOCK:
        return !p->outcome.event || log_can_append(v, LOG_EVENT, source(v, j));
    case NOTIFY:
        return post_can_notify(v, j);
    default:
        return true;
    }
}

/* Of an entry: memory is named whether the cache has it or not. */
static void next_read(const struct amdvi *v, const struct remap_job *j, struct footprint *fp)
{
    const struct progress *p = progress(j);
    bool upper = p->stage == READ_UPPER || p->stage == READ_LIVE_UPPER;
    unsigned size = upper || in_halves(v, p) ? 8 : entry_bytes(p);
    if (p->stage == READ_ENTRY || p->stage == READ_UPPER) {
        footprint_add(fp, amdvi_resource(PART_CONTROL), ACCESS_READ);
        footprint_add(fp, amdvi_resource(PART_CACHE), ACCESS_ACCUMULATE);
    }
    if (memory_has(&v->m->memory, p->at, entry_bytes(p)))
        footprint_add_memory(fp, upper ? p->at + 8 : p->at, size, ACCESS_READ, 0);
}

static void next_send(const struct amdvi *v, const struct remap_job *j, struct footprint *fp)
{
    struct msi_request msg = message_of(v, j);
    request_next(v->lapic, source(v, j), &msg, fp);
}

static void next(void *unit, const struct remap_job *j, struct footprint *fp)
{
    const struct amdvi *v = unit;
    const struct progress *p = progress(j);
    if (p->looked_up && is_last(v, (enum stage)p->stage))
        under_way_next_end(&v->state->requests, j->device, fp);
    switch ((enum stage)p->stage) {
    case READ_DEVICE:
        footprint_add(fp, amdvi_resource(PART_CONTROL), ACCESS_READ);
        table_next_device(v, j->request->requester, fp);
        break;
    case READ_ENTRY:
    case READ_UPPER:
    case READ_LIVE:
    case READ_LIVE_UPPER:
        next_read(v, j, fp);
        break;
    case SEND:
        next_send(v, j, fp);
        break;
    case BLOCK:
        if (p->outcome.event)
            log_next_append(v, LOG_EVENT, source(v, j), fp);
        break;
    case SET_IRR:
        post_next_irr(j, fp);
        break;
    case NOTIFY:
        post_next_notify(v, j, fp);
        break;
    case DONE:
        break;
    }
}

static void (*const steps[DONE])(struct amdvi *, const struct remap_job *) = {
    [READ_DEVICE] = read_device, [READ_ENTRY] = read_entry, [READ_UPPER] = read_upper,
    [SEND] = send, [BLOCK] = report, [SET_IRR] = post_set_irr,
    [READ_LIVE] = post_read_live,
    [READ_LIVE_UPPER] = post_read_live_upper, [NOTIFY] = post_notify,
};

static bool step(void *unit, const struct remap_job *j)
{
    struct amdvi *v = unit;
    struct progress *p = progress(j);
    steps[p->stage](v, j);
    if (p->stage != DONE)
        return false;
    if (p->looked_up)
        under_way_end(&v->state->requests, j->device);
    return true;
}

/* Posted when its bit is in IRR: a guest may take it from then on. */
static bool settles(void *unit, const struct remap_job *j)
{
    enum stage stage = (enum stage)progress(j)->stage;
    (void)unit;
    return stage == SEND || stage == BLOCK || stage == SET_IRR;
}

static const char *name(void *unit, const struct remap_job *j)
{
    static const char *const names[] = {
        [READ_DEVICE] = "request", [READ_ENTRY] = "entry", [READ_UPPER] = "upper half of the entry",
        [SEND] = "delivery", [BLOCK] = "is blocked", [SET_IRR] = "vIRR", [READ_LIVE] = "IsRun",
        [READ_LIVE_UPPER] = "upper half of Destination", [NOTIFY] = "notification", [DONE] = "done",
    };
    (void)unit;
    return names[progress(j)->stage];
}

static const struct remap_ops operations = {
    .enabled = enabled,
    .next = next,
    .step = step,
    .settles = settles,
    .name = name,
};

struct remapper amdvi_remapper(struct amdvi *v)
{
    return (struct remapper){&operations, v};
}
