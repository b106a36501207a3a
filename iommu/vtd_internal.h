/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of the VT-d unit, for nobody else. */
#ifndef IOMMU_VTD_INTERNAL_H
#define IOMMU_VTD_INTERNAL_H

#include "cpu/mmio.h"
#include "iommu/under_way.h"
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

enum { QUEUE_ENTRY = 16 /* bytes */ };

/* Plain data, in the arena. */
struct vtd_state {
    uint64_t reg[REG_COUNT];
    uint64_t table;      /* IRTA as SIRTP has latched it */
    uint32_t command;    /* the bit of GCMD that is being obeyed */
    uint32_t next_record; /* of the ring of fault records */
    uint32_t holding;    /* a descriptor has been fetched: */
    uint64_t descriptor[2];
    struct entry_cache iec;
    struct under_way requests;
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
};

static inline uint64_t vtd_resource(enum vtd_part part)
{
    return resource_make(RES_DEVICE, VTD_BASE | part);
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

/* vtd_iec.c: looks the entry of a request up, a step of the device. */
void vtd_next_translate(const struct vtd *, const struct interrupt_request *, struct footprint *);
struct vtd_outcome vtd_translate(struct vtd *, const struct interrupt_request *, unsigned device);

/* vtd_queue.c */
bool queue_can_fetch(const struct vtd *);
void queue_next_fetch(const struct vtd *, struct footprint *);
void queue_fetch(struct vtd *);
bool queue_can_execute(const struct vtd *);
void queue_next_execute(const struct vtd *, struct footprint *);
void queue_execute(struct vtd *);

/* vtd_fault.c: records a fault unless it is silent (7.2); part of the device's step. */
void vtd_next_fault(const struct vtd *, struct footprint *);
void vtd_fault(struct vtd *, const struct vtd_outcome *, uint16_t requester);

/* Events are sent as compatibility-format messages that nobody remaps (5.1.5.1). */
enum vtd_event { VTD_FAULT_EVENT, VTD_COMPLETION_EVENT };
bool event_is_due(const struct vtd *, enum vtd_event);
bool event_can_send(const struct vtd *, enum vtd_event);
void event_next_send(const struct vtd *, enum vtd_event, struct footprint *);
void event_send(struct vtd *, enum vtd_event);
void event_raise(struct vtd *, enum vtd_event);
void fault_set_status(struct vtd *, uint32_t bit);
void fault_update_status(struct vtd *); /* after software has written */

#endif
