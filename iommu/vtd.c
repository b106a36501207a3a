/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The VT-d unit as an agent: what it does next by itself. Commands first, then its own events, then
 * the queue. The order of the first two to the third is no loss: a command is waited for by its
 * software, and an event is a message that may arrive as late as it likes.
 */
#include "iommu/vtd.h"

#include <stdio.h>
#include <stdlib.h>

#include "iommu/vtd_internal.h"

enum work { WORK_NONE, WORK_COMMAND, WORK_FAULT, WORK_COMPLETION, WORK_EXECUTE, WORK_FETCH };

static enum work work_of(const struct vtd *v)
{
    if (v->state->command)
        return WORK_COMMAND;
    if (event_is_due(v, VTD_FAULT_EVENT))
        return WORK_FAULT;
    if (event_is_due(v, VTD_COMPLETION_EVENT))
        return WORK_COMPLETION;
    if (v->state->holding)
        return WORK_EXECUTE;
    return queue_can_fetch(v) ? WORK_FETCH : WORK_NONE;
}

static bool enabled(void *device)
{
    const struct vtd *v = device;
    switch (work_of(v)) {
    case WORK_NONE:
        return false;
    case WORK_FAULT:
        return event_can_send(v, VTD_FAULT_EVENT);
    case WORK_COMPLETION:
        return event_can_send(v, VTD_COMPLETION_EVENT);
    case WORK_EXECUTE:
        return queue_can_execute(v);
    case WORK_COMMAND:
    case WORK_FETCH:
        break;
    }
    return true;
}

static void next_work(const struct vtd *v, struct footprint *fp)
{
    switch (work_of(v)) {
    case WORK_COMMAND:
        footprint_add(fp, vtd_resource(PART_CONTROL), ACCESS_WRITE);
        footprint_add(fp, vtd_resource(PART_QUEUE), ACCESS_WRITE);
        break;
    case WORK_FAULT:
        event_next_send(v, VTD_FAULT_EVENT, fp);
        break;
    case WORK_COMPLETION:
        event_next_send(v, VTD_COMPLETION_EVENT, fp);
        break;
    case WORK_EXECUTE:
        queue_next_execute(v, fp);
        break;
    case WORK_FETCH:
        queue_next_fetch(v, fp);
        break;
    case WORK_NONE:
        break;
    }
}

/* Which work comes next depends on all three. */
static void next(void *device, struct footprint *fp)
{
    footprint_add(fp, vtd_resource(PART_CONTROL), ACCESS_READ);
    footprint_add(fp, vtd_resource(PART_FAULT), ACCESS_READ);
    footprint_add(fp, vtd_resource(PART_QUEUE), ACCESS_READ);
    next_work(device, fp);
}

static void step(void *device)
{
    struct vtd *v = device;
    switch (work_of(v)) {
    case WORK_COMMAND:
        vtd_command(v);
        break;
    case WORK_FAULT:
        event_send(v, VTD_FAULT_EVENT);
        break;
    case WORK_COMPLETION:
        event_send(v, VTD_COMPLETION_EVENT);
        break;
    case WORK_EXECUTE:
        queue_execute(v);
        break;
    case WORK_FETCH:
        queue_fetch(v);
        break;
    case WORK_NONE:
        assert(!"a unit that has nothing to do");
    }
}

void vtd_settle(struct vtd *v)
{
    if (!vtd_in_setup(v))
        return;
    while (enabled(v))
        step(v);
}

static void describe(void *device, char *text, size_t size)
{
    static const char *const names[] = {"idle", "obeys a command", "sends its fault event",
                                        "sends its completion event", "executes a descriptor",
                                        "fetches a descriptor"};
    snprintf(text, size, "%s", names[work_of(device)]);
}

static const struct device_ops operations = {
    .name = "VT-d",
    .enabled = enabled,
    .next = next,
    .step = step,
    .describe = describe,
};

struct vtd *vtd_new(struct machine *m, struct cpu *cpu, struct lapic *lapic, unsigned index)
{
    struct vtd *v = calloc(1, sizeof *v);
    assert(v);
    assert(index < m->devices);
    v->m = m;
    v->cpu = cpu;
    v->lapic = lapic;
    lapic->levels = true; /* entries and events may be level triggered */
    v->index = index;
    v->state = machine_reserve(m, sizeof *v->state);
    vtd_reset(v);
    machine_set_device(m, index, &operations, v);
    if (cpu)
        cpu_add_mmio(cpu, &vtd_mmio_ops, v);
    return v;
}

void vtd_free(struct vtd *v)
{
    free(v);
}
