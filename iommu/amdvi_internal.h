/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of the AMD IOMMU, for nobody else. */
#ifndef IOMMU_AMDVI_INTERNAL_H
#define IOMMU_AMDVI_INTERNAL_H

#include "cpu/mmio.h"
#include "iommu/amdvi.h"
#include "iommu/under_way.h"

enum amdvi_register_name {
    REG_DEVICE_TABLE, REG_COMMAND_BUFFER, REG_EVENT_LOG, REG_CONTROL, REG_EFR, REG_GA_LOG,
    REG_GA_TAIL_ADDRESS,
    REG_MSI_HEADER, REG_MSI_ADDRESS, REG_MSI_UPPER, REG_MSI_DATA, REG_XT_GENERAL, REG_XT_GA, REG_EFR2,
    REG_COMMAND_HEAD, REG_COMMAND_TAIL, REG_EVENT_HEAD, REG_EVENT_TAIL, REG_STATUS,
    REG_GA_HEAD, REG_GA_TAIL,
    REG_COUNT,
};

/* Plain data, in the arena. */
struct amdvi_state {
    uint64_t reg[REG_COUNT];
    uint32_t armed;   /* run bits of STATUS: enabled, and has not begun to run since */
    uint32_t holding; /* a command has been fetched: */
    uint64_t command[2];
    struct entry_cache devices;    /* of the device table: third and fourth quadword */
    struct entry_cache interrupts; /* of remapping tables */
    struct under_way requests;
};

struct amdvi {
    struct machine *m;
    struct cpu *cpu;
    struct lapic *lapic;
    unsigned index; /* of the agent */
    struct amdvi_state *state;
};

/* What the steps of a unit and its users share beyond memory. */
enum amdvi_part {
    PART_CONTROL, /* what is enabled, where tables are, where interrupts of the unit go */
    PART_COMMAND,
    PART_EVENT,      /* a log, but for ... */
    PART_EVENT_HEAD, /* ... how far it has been read */
    PART_GA,
    PART_GA_HEAD,
    PART_CACHE,
};

static inline uint64_t amdvi_resource(enum amdvi_part part)
{
    return resource_make(RES_DEVICE, AMDVI_BASE | part);
}

/*
 * Is the head of this log right behind this place, so that there is no room in it? All that an entry asks of the head: so
 * moving the head touches the place that it leaves free and the one that it closes, and no other.
 */
static inline uint64_t amdvi_place_resource(enum amdvi_part head, uint64_t place)
{
    return resource_make(RES_DEVICE, (place + 1) << 32 | AMDVI_BASE | head);
}

static inline unsigned amdvi_context(const struct amdvi *v)
{
    return context_of_device(v->index);
}

static inline unsigned amdvi_source(const struct amdvi *v)
{
    return v->m->cores + v->index;
}

static inline bool amdvi_controls(const struct amdvi *v, uint64_t bit)
{
    return v->state->reg[REG_CONTROL] & bit;
}

/* Events of steps (sim/machine.h): what these touch depends on what they find in memory. */
enum { EVENT_AMDVI_FETCH = EVENT_OF_DEVICE << 2 };

/* amdvi_registers.c */
extern const struct mmio_ops amdvi_mmio_ops;
void amdvi_reset(struct amdvi *);

/* amdvi.c: during set-up, all that the agent has to do. */
void amdvi_settle(struct amdvi *);

/*
 * amdvi_log.c: the event log and the GA log, rings in memory. Whoever appends does so in a step of his
 * own, and the interrupt that this may raise is sent in it, from his message source.
 */
enum amdvi_log { LOG_EVENT, LOG_GA };
bool log_can_append(const struct amdvi *, enum amdvi_log, unsigned source);
void log_next_append(const struct amdvi *, enum amdvi_log, unsigned source, struct footprint *);
/* Of a write that moves the head there, besides the register itself. */
void log_next_head(const struct amdvi *, enum amdvi_log, uint64_t head, struct footprint *);
void log_append(struct amdvi *, enum amdvi_log, unsigned source, unsigned context,
                const uint64_t entry[2]);

/* amdvi_interrupt.c: the unit's own interrupts. */
enum amdvi_cause { CAUSE_GENERAL, CAUSE_GA };
bool interrupt_can_send(const struct amdvi *, enum amdvi_cause, unsigned source);
void interrupt_next(const struct amdvi *, enum amdvi_cause, unsigned source, struct footprint *);
void interrupt_send(struct amdvi *, enum amdvi_cause, unsigned source);

/* amdvi_command.c: is there one to be fetched or executed; and doing so. */
bool command_can_fetch(const struct amdvi *);
void command_next_fetch(const struct amdvi *, struct footprint *);
void command_fetch(struct amdvi *);
bool command_can_execute(const struct amdvi *);
void command_next_execute(const struct amdvi *, struct footprint *);
void command_execute(struct amdvi *);

/* amdvi_table.c: reads of entries, through the caches; steps of the device. */
struct amdvi_mode amdvi_mode_of(const struct amdvi *);
bool table_device_address(const struct amdvi *, uint16_t device_id, uint64_t *); /* false: beyond it */
void table_next_device(const struct amdvi *, uint16_t device_id, struct footprint *);
struct table_entry table_read_device(struct amdvi *, uint16_t device_id, unsigned device);
/* The cache of remapping entries. */
bool table_is_cached(const struct amdvi *, uint32_t key, struct table_entry *);
void table_keep(struct amdvi *, uint32_t key, const struct table_entry *, unsigned device);

#endif
