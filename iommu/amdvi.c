/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The AMD IOMMU as an agent: what it does next by itself. What has been enabled begins to run; then commands.
 * Its interrupts leave in the step that raises them: a message may arrive as late as it likes.
 */
#include "iommu/amdvi.h"

#include <stdio.h>
#include <stdlib.h>

#include "iommu/amdvi_internal.h"

enum work { WORK_NONE, WORK_START, WORK_EXECUTE, WORK_FETCH };

/* Which one can begin to run: its run bit, or 0. A log that has overflowed waits for software. */
static uint32_t starting(const struct amdvi *v)
{
    uint64_t status = v->state->reg[REG_STATUS];
    uint32_t ready = v->state->armed;
    if (status & AMDVI_EVENT_OVERFLOW)
        ready &= ~(uint32_t)AMDVI_EVENT_RUN;
    if (status & AMDVI_GA_OVERFLOW)
        ready &= ~(uint32_t)AMDVI_GA_RUN;
    return ready & -ready;
}

static enum work work_of(const struct amdvi *v)
{
    if (starting(v))
        return WORK_START;
    if (v->state->holding)
        return WORK_EXECUTE;
    return command_can_fetch(v) ? WORK_FETCH : WORK_NONE;
}

static bool enabled(void *device)
{
    const struct amdvi *v = device;
    switch (work_of(v)) {
    case WORK_EXECUTE:
        return command_can_execute(v);
    case WORK_START:
    case WORK_FETCH:
        return true;
    case WORK_NONE:
        break;
    }
    return false;
}

/* While something waits to begin, what comes next depends on the logs as well. */
static void next_choice(const struct amdvi *v, struct footprint *fp)
{
    footprint_add(fp, amdvi_resource(PART_CONTROL), ACCESS_READ);
    footprint_add(fp, amdvi_resource(PART_COMMAND), ACCESS_READ);
    if (!v->state->armed)
        return;
    footprint_add(fp, amdvi_resource(PART_EVENT), ACCESS_READ);
    footprint_add(fp, amdvi_resource(PART_GA), ACCESS_READ);
}

static void next(void *device, struct footprint *fp)
{
    const struct amdvi *v = device;
    next_choice(v, fp);
    switch (work_of(v)) {
    case WORK_START:
        footprint_add(fp, amdvi_resource(PART_CONTROL), ACCESS_WRITE);
        footprint_add(fp, amdvi_resource(PART_COMMAND), ACCESS_WRITE);
        footprint_add(fp, amdvi_resource(PART_EVENT), ACCESS_WRITE);
        footprint_add(fp, amdvi_resource(PART_GA), ACCESS_WRITE);
        break;
    case WORK_EXECUTE:
        command_next_execute(v, fp);
        break;
    case WORK_FETCH:
        command_next_fetch(v, fp);
        break;
    case WORK_NONE:
        break;
    }
}

static void start(struct amdvi *v)
{
    uint32_t run = starting(v);
    v->state->armed &= ~run;
    v->state->reg[REG_STATUS] |= run;
    machine_say(v->m, STEP_DEVICE, "%s begins to run",
                run == AMDVI_COMMAND_RUN ? "command buffer" : run == AMDVI_GA_RUN ? "GA log" : "event log");
}

static void step(void *device)
{
    struct amdvi *v = device;
    switch (work_of(v)) {
    case WORK_START:
        start(v);
        break;
    case WORK_EXECUTE:
        command_execute(v);
        break;
    case WORK_FETCH:
        command_fetch(v);
        break;
    case WORK_NONE:
        assert(!"a unit that has nothing to do");
    }
}

void amdvi_settle(struct amdvi *v)
{
    while (v->cpu && v->cpu->in_setup && enabled(v))
        step(v);
}

static void describe(void *device, char *text, size_t size)
{
    static const char *const names[] = {"idle", "begins to run", "executes a command",
                                        "fetches a command"};
    snprintf(text, size, "%s", names[work_of(device)]);
}

static const struct device_ops operations = {
    .name = "AMD-Vi",
    .enabled = enabled,
    .next = next,
    .step = step,
    .describe = describe,
};

struct amdvi *amdvi_new(struct machine *m, struct cpu *cpu, struct lapic *lapic, unsigned index)
{
    struct amdvi *v = calloc(1, sizeof *v);
    assert(v);
    assert(index < m->devices);
    lapic->levels = true; /* entries may be level triggered */
    *v = (struct amdvi){.m = m, .cpu = cpu, .lapic = lapic, .index = index};
    v->state = machine_reserve(m, sizeof *v->state);
    amdvi_reset(v);
    machine_set_device(m, index, &operations, v);
    if (cpu)
        cpu_add_mmio(cpu, &amdvi_mmio_ops, v);
    return v;
}

void amdvi_free(struct amdvi *v)
{
    free(v);
}
