/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a VT-d unit does with a device's interrupt request.
 * After the VT-d specification, 5.1 (remapping), 5.2.3 (posting), 5.2.4 (order).
 *
 * Two steps of the device: its entry is looked up; then it is posted, sent or blocked. Between them
 * software may change the entry and the descriptor.
 */
#include "iommu/send.h"
#include "iommu/sender.h"
#include "iommu/vtd_internal.h"

struct progress {
    uint32_t looked; /* its entry has been looked up: */
    struct vtd_outcome outcome;
};

_Static_assert(sizeof(struct progress) <= REMAP_STATE, "what a device keeps for a unit");

static struct vtd_outcome *outcome(const struct remap_job *j)
{
    return &((struct progress *)j->state)->outcome;
}

static bool is_looked_up(void *unit, const struct remap_job *j)
{
    (void)unit;
    return ((struct progress *)j->state)->looked;
}

static struct vtd_sender sender(struct vtd *v, const struct remap_job *j)
{
    return (struct vtd_sender){v->m, v->lapic, v, j->device};
}

static struct msi_request compatible(const struct vtd *v, const struct remap_job *j)
{
    const struct interrupt_request *r = j->request;
    bool dm_ignored = v->m->knobs.value[KNOB_MSI_DESTINATION_MODE] == 1;
    return iommu_decode_compatibility(r->address, r->data, 0, dm_ignored);
}

static bool enabled(void *unit, const struct remap_job *j)
{
    if (!is_looked_up(unit, j))
        return true;
    struct vtd_sender s = sender(unit, j);
    struct msi_request msg = compatible(unit, j);
    return sender_can_act(&s, outcome(j), &msg);
}

static void next(void *unit, const struct remap_job *j, struct footprint *fp)
{
    if (!is_looked_up(unit, j)) {
        vtd_next_translate(unit, j->request, fp);
        return;
    }
    struct vtd_sender s = sender(unit, j);
    struct msi_request msg = compatible(unit, j);
    sender_next_act(&s, outcome(j), &msg, fp);
}

static void act(struct vtd *v, const struct remap_job *j)
{
    struct vtd_sender s = sender(v, j);
    struct msi_request msg = compatible(v, j);
    if (outcome(j)->form == VTD_COMPATIBILITY)
        knob_value(&v->m->knobs, KNOB_MSI_DESTINATION_MODE);
    sender_act(&s, outcome(j), &msg, j->request->requester);
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
