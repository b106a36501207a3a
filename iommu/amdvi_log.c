/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event log and the GA log of an AMD IOMMU. After the AMD IOMMU specification, "Event Logging", "Guest
 * Virtual APIC Log", "IOMMU Status Register".
 *
 * A log that has no room left sets its overflow bit and stops: what comes then is lost, until software
 * has taken its enable bit away and given it back. The interrupt comes when the interrupt bit of the
 * status register goes from 0 to 1; the event log's overflow raises one, too, that of the GA log does
 * not (S. Suthikulpanit on the Linux iommu list, 2023-04, with the wording of the specification).
 *
 * An entry and the tail behind it are one step: software reads the tail first.
 */
#include "iommu/access.h"
#include "iommu/amdvi_internal.h"

static const struct log {
    const char *name;
    uint8_t base, head, tail; /* registers */
    uint8_t entry;            /* bytes */
    uint8_t part, head_part;
    uint8_t cause;
    uint32_t run, overflow, interrupt; /* of the status register */
    uint64_t interrupts;               /* of the control register */
    bool overflow_interrupts;
} logs[] = {
    [LOG_EVENT] = {"event", REG_EVENT_LOG, REG_EVENT_HEAD, REG_EVENT_TAIL, 16, PART_EVENT, PART_EVENT_HEAD, CAUSE_GENERAL,
                   AMDVI_EVENT_RUN, AMDVI_EVENT_OVERFLOW, AMDVI_EVENT_INT, AMDVI_EVENT_INT_EN, true},
    [LOG_GA] = {"GA", REG_GA_LOG, REG_GA_HEAD, REG_GA_TAIL, 8, PART_GA, PART_GA_HEAD, CAUSE_GA, AMDVI_GA_RUN,
                AMDVI_GA_OVERFLOW, AMDVI_GA_INT, AMDVI_GA_INT_EN, false},
};

static uint64_t ring_bytes(const struct amdvi *v, const struct log *l)
{
    return 16ull << (v->state->reg[l->base] >> 56 & 15);
}

static uint64_t entry_address(const struct amdvi *v, const struct log *l)
{
    return (v->state->reg[l->base] & 0x000ffffffffff000ull) + v->state->reg[l->tail];
}

static uint64_t next_tail(const struct amdvi *v, const struct log *l)
{
    return (v->state->reg[l->tail] + l->entry) & (ring_bytes(v, l) - 1);
}

/* What an append does now. */
enum effect { DROPS, OVERFLOWS, WRITES };

static enum effect effect_of(const struct amdvi *v, const struct log *l)
{
    if (!(v->state->reg[REG_STATUS] & l->run))
        return DROPS;
    return next_tail(v, l) == v->state->reg[l->head] ? OVERFLOWS : WRITES;
}

/* Where the tail is written to besides. */
static uint64_t tail_copy(const struct amdvi *v, const struct log *l)
{
    return l == &logs[LOG_GA] ? v->state->reg[REG_GA_TAIL_ADDRESS] : 0;
}

static bool raises(const struct amdvi *v, const struct log *l)
{
    if (!amdvi_controls(v, l->interrupts))
        return false;
    switch (effect_of(v, l)) {
    case WRITES:
        return !(v->state->reg[REG_STATUS] & l->interrupt);
    case OVERFLOWS:
        return l->overflow_interrupts;
    case DROPS:
        break;
    }
    return false;
}

bool log_can_append(const struct amdvi *v, enum amdvi_log which, unsigned source)
{
    const struct log *l = &logs[which];
    return !raises(v, l) || interrupt_can_send(v, (enum amdvi_cause)l->cause, source);
}

/* The place that a head at this offset closes: the last one before it. */
static uint64_t closed_place(const struct amdvi *v, const struct log *l, uint64_t head)
{
    return ((head - l->entry) & (ring_bytes(v, l) - 1)) / l->entry;
}

void log_next_head(const struct amdvi *v, enum amdvi_log which, uint64_t head, struct footprint *fp)
{
    const struct log *l = &logs[which];
    enum amdvi_part part = (enum amdvi_part)l->head_part;
    footprint_add(fp, amdvi_place_resource(part, closed_place(v, l, v->state->reg[l->head])), ACCESS_WRITE);
    footprint_add(fp, amdvi_place_resource(part, closed_place(v, l, head)), ACCESS_WRITE);
}

void log_next_append(const struct amdvi *v, enum amdvi_log which, unsigned source,
                     struct footprint *fp)
{
    const struct log *l = &logs[which];
    uint64_t at = entry_address(v, l), copy = tail_copy(v, l);
    footprint_add(fp, amdvi_resource((enum amdvi_part)l->part), ACCESS_WRITE);
    footprint_add(fp, amdvi_place_resource((enum amdvi_part)l->head_part, v->state->reg[l->tail] / l->entry), ACCESS_READ);
    footprint_add(fp, amdvi_resource(PART_CONTROL), ACCESS_READ);
    if (effect_of(v, l) == WRITES && memory_has(&v->m->memory, at, l->entry))
        footprint_add_memory(fp, at, l->entry, ACCESS_WRITE, 0);
    if (effect_of(v, l) == WRITES && copy && memory_has(&v->m->memory, copy, 8))
        footprint_add_memory(fp, copy, 8, ACCESS_WRITE, 0);
    if (raises(v, l))
        interrupt_next(v, (enum amdvi_cause)l->cause, source, fp);
}

static void write_entry(struct amdvi *v, const struct log *l, unsigned context,
                        const uint64_t entry[2])
{
    uint64_t at = entry_address(v, l), copy = tail_copy(v, l);
    if (!memory_has(&v->m->memory, at, l->entry)) {
        machine_find(v->m, FINDING_BUG, "", "AMD-Vi: the %s log at %#llx is outside memory", l->name,
                     (unsigned long long)at);
        return;
    }
    device_record(v->m, at, 8, entry[0]);
    for (unsigned i = 0; 8 * i < l->entry; i++)
        device_write(v->m, context, at + 8 * i, 8, entry[i]);
    v->state->reg[l->tail] = next_tail(v, l);
    v->state->reg[REG_STATUS] |= l->interrupt;
    if (copy && memory_has(&v->m->memory, copy, 8))
        device_write(v->m, context, copy, 8, v->state->reg[l->tail]);
}

void log_append(struct amdvi *v, enum amdvi_log which, unsigned source, unsigned context,
                const uint64_t entry[2])
{
    const struct log *l = &logs[which];
    bool interrupts = raises(v, l);
    switch (effect_of(v, l)) {
    case DROPS:
        machine_say(v->m, STEP_DEVICE, "the %s log does not run: lost", l->name);
        break;
    case OVERFLOWS:
        machine_say(v->m, STEP_DEVICE, "the %s log overflows and stops: lost", l->name);
        v->state->reg[REG_STATUS] |= l->overflow;
        v->state->reg[REG_STATUS] &= ~(uint64_t)l->run;
        break;
    case WRITES:
        machine_say(v->m, STEP_DEVICE, "%s log entry %#llx", l->name, (unsigned long long)entry[0]);
        write_entry(v, l, context, entry);
        break;
    }
    if (interrupts)
        interrupt_send(v, (enum amdvi_cause)l->cause, source);
}
