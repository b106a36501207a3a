/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of the VT-d unit, for nobody else. */
#ifndef IOMMU_VTD_INTERNAL_H
#define IOMMU_VTD_INTERNAL_H

#include "cpu/mmio.h"
#include "iommu/vtd.h"

enum vtd_register_name {
    REG_VER, REG_CAP, REG_ECAP, REG_GCMD, REG_GSTS,
    REG_FSTS, REG_FECTL, REG_FEDATA, REG_FEADDR, REG_FEUADDR,
    REG_IQH, REG_IQT, REG_IQA,
    REG_ICS, REG_IECTL, REG_IEDATA, REG_IEADDR, REG_IEUADDR,
    REG_IQERCD, REG_IRTA,
    REG_FRCD, /* VTD_RECORDS pairs: low half, high half */
    REG_COUNT = REG_FRCD + 2 * VTD_RECORDS,
};

enum { IEC_ENTRIES = 16, QUEUE_ENTRY = 16 /* bytes */ };

struct iec_entry {
    uint32_t index;
    uint32_t valid;
    struct vtd_irte irte;
};

/* Plain data, in the arena. */
struct vtd_state {
    uint64_t reg[REG_COUNT];
    uint64_t table;      /* IRTA as SIRTP has latched it */
    uint32_t command;    /* the bit of GCMD that is being obeyed */
    uint32_t next_record; /* of the ring of fault records */
    uint32_t holding;    /* a descriptor has been fetched: */
    uint64_t descriptor[2];
    struct iec_entry iec[IEC_ENTRIES]; /* ascending by index, whoever came first */
    uint32_t begun[MACHINE_MAX_DEVICES]; /* requests of each device that have been looked up, ... */
    uint32_t before[MACHINE_MAX_DEVICES]; /* ... how many before the last invalidation ... */
    uint32_t done[MACHINE_MAX_DEVICES];  /* ... and how many are done */
    uint32_t sent[MACHINE_MAX_DEVICES];  /* messages of each device when the last of these was done, ... */
    uint32_t sent_before[MACHINE_MAX_DEVICES]; /* ... and when the last before the invalidation was */
};

struct vtd {
    struct machine *m;
    struct cpu *cpu;
    struct lapic *lapic;
    unsigned index; /* of the agent */
    struct vtd_state *state;
};

/* What the steps of a unit and its users share beyond memory. */
enum vtd_part {
    PART_CONTROL, /* what is enabled, the table, a command that is being obeyed */
    PART_QUEUE,
    PART_FAULT, /* faults and events */
    PART_IEC,
    PART_REQUEST, /* of each device, each request: its last step, which the wait waits for */
};

static inline uint64_t vtd_resource(enum vtd_part part)
{
    return resource_make(RES_DEVICE, VTD_BASE | part);
}

static inline uint64_t vtd_request_resource(unsigned device, uint32_t number)
{
    return resource_make(RES_DEVICE, (uint64_t)(device + 1) << 48 | (uint64_t)number << 16 |
                                         PART_REQUEST);
}

/* Events of steps (sim/machine.h): what these touch depends on what they find in memory. */
enum { EVENT_VTD_FETCH = EVENT_OF_DEVICE << 1 };

static inline unsigned vtd_context(const struct vtd *v)
{
    return context_of_device(v->index);
}

static inline bool vtd_in_setup(const struct vtd *v)
{
    return v->cpu && v->cpu->in_setup;
}

/* vtd_registers.c */
extern const struct mmio_ops vtd_mmio_ops;
void vtd_reset(struct vtd *);
void vtd_command(struct vtd *); /* obeys the pending one */

/* vtd.c: during set-up, all that the agent has to do. */
void vtd_settle(struct vtd *);

/* vtd_iec.c */
bool iec_find(const struct vtd *, uint32_t index, struct vtd_irte *);
void iec_fill(struct vtd *, uint32_t index, const struct vtd_irte *);
void iec_invalidate(struct vtd *, bool global, uint32_t index, unsigned mask);

/* vtd_queue.c */
bool queue_can_fetch(const struct vtd *);
void queue_next_fetch(const struct vtd *, struct footprint *);
void queue_fetch(struct vtd *);
bool queue_can_execute(const struct vtd *);
void queue_next_execute(const struct vtd *, struct footprint *);
void queue_execute(struct vtd *);

/* vtd_fault.c: events are sent as compatibility-format messages that nobody remaps (5.1.5.1). */
enum vtd_event { VTD_FAULT_EVENT, VTD_COMPLETION_EVENT };
bool event_is_due(const struct vtd *, enum vtd_event);
bool event_can_send(const struct vtd *, enum vtd_event);
void event_next_send(const struct vtd *, enum vtd_event, struct footprint *);
void event_send(struct vtd *, enum vtd_event);
void event_raise(struct vtd *, enum vtd_event);
void fault_set_status(struct vtd *, uint32_t bit);
void fault_update_status(struct vtd *); /* after software has written */

#endif
