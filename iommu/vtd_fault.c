/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults and events of the VT-d unit. After the VT-d specification, 7.2 and 7.3 (recording, fault events),
 * 6.5.2.10 (completion events), 11.4.7 and 11.4.9 (registers).
 *
 * The unit's own interrupts are written in compatibility format and are remapped by nobody (5.1.6).
 */
#include "iommu/send.h"
#include "iommu/vtd_internal.h"

/* The four registers of an event follow each other. */
static uint64_t *event_registers(const struct vtd *v, enum vtd_event which)
{
    return &v->state->reg[which == VTD_FAULT_EVENT ? REG_FECTL : REG_IECTL];
}

static struct msi_request message_of(const struct vtd *v, enum vtd_event which)
{
    enum { CONTROL, DATA, ADDRESS, UPPER };
    const uint64_t *reg = event_registers(v, which);
    return iommu_decode_compatibility(reg[ADDRESS], (uint32_t)reg[DATA],
                                      (uint32_t)reg[UPPER] & 0xffffff00, false);
}

bool event_is_due(const struct vtd *v, enum vtd_event which)
{
    uint64_t control = *event_registers(v, which);
    return (control & VTD_EVENT_IP) && !(control & VTD_EVENT_IM);
}

void event_raise(struct vtd *v, enum vtd_event which)
{
    struct vtd_state *s = v->state;
    if (which == VTD_COMPLETION_EVENT) {
        if (s->reg[REG_ICS] & VTD_ICS_IWC)
            return; /* 11.4.9.5: not a new condition */
        s->reg[REG_ICS] |= VTD_ICS_IWC;
    }
    *event_registers(v, which) |= VTD_EVENT_IP;
}

static unsigned source(const struct vtd *v)
{
    return v->m->cores + v->index;
}

bool event_can_send(const struct vtd *v, enum vtd_event which)
{
    struct msi_request msg = message_of(v, which);
    return request_can_send(v->lapic, source(v), &msg);
}

void event_next_send(const struct vtd *v, enum vtd_event which, struct footprint *fp)
{
    struct msi_request msg = message_of(v, which);
    footprint_add(fp, vtd_resource(PART_FAULT), ACCESS_WRITE);
    request_next(v->lapic, source(v), &msg, fp);
}

void event_send(struct vtd *v, enum vtd_event which)
{
    struct msi_request msg = message_of(v, which);
    *event_registers(v, which) &= ~(uint64_t)VTD_EVENT_IP;
    machine_say(v->m, STEP_DEVICE, "%s event",
                which == VTD_FAULT_EVENT ? "fault" : "invalidation completion");
    request_send(v->lapic, source(v), &msg);
}

/* 11.4.7.2, IP: a condition is new only if no other status was set. */
void fault_set_status(struct vtd *v, uint32_t bit)
{
    uint64_t *status = &v->state->reg[REG_FSTS];
    bool others = *status & (VTD_FSTS_PFO | VTD_FSTS_PPF | VTD_FSTS_IQE);
    *status |= bit;
    if (!others)
        event_raise(v, VTD_FAULT_EVENT);
}

static bool any_record(const struct vtd *v)
{
    for (unsigned i = 0; i < VTD_RECORDS; i++)
        if (v->state->reg[REG_FRCD + 2 * i + 1] & VTD_FRCD_F)
            return true;
    return false;
}

/* PPF is the OR of all F; when all status has been served nothing is pending any more. */
void fault_update_status(struct vtd *v)
{
    uint64_t *reg = v->state->reg;
    if (!any_record(v))
        reg[REG_FSTS] &= ~(uint64_t)VTD_FSTS_PPF;
    if (!(reg[REG_FSTS] & (VTD_FSTS_PFO | VTD_FSTS_PPF | VTD_FSTS_IQE)))
        reg[REG_FECTL] &= ~(uint64_t)VTD_EVENT_IP;
    if (!(reg[REG_ICS] & VTD_ICS_IWC))
        reg[REG_IECTL] &= ~(uint64_t)VTD_EVENT_IP;
}

void vtd_next_fault(const struct vtd *v, struct footprint *fp)
{
    (void)v;
    footprint_add(fp, vtd_resource(PART_FAULT), ACCESS_WRITE);
}

/* 7.2.1: the records are a ring; FRI names the first that is pending. */
static void record(struct vtd *v, const struct vtd_outcome *o, uint16_t requester)
{
    uint64_t *reg = v->state->reg;
    unsigned next = v->state->next_record;
    uint64_t *low = &reg[REG_FRCD + 2 * next], *high = low + 1;
    if (reg[REG_FSTS] & VTD_FSTS_PFO)
        return; /* nothing is recorded until software has cleared it */
    if (*high & VTD_FRCD_F) {
        fault_set_status(v, VTD_FSTS_PFO);
        return;
    }
    *low = (uint64_t)(o->index & 0xffff) << 48;
    *high = VTD_FRCD_F | (uint64_t)o->reason << 32 | requester;
    if (!(reg[REG_FSTS] & VTD_FSTS_PPF))
        reg[REG_FSTS] = (reg[REG_FSTS] & ~0xff00ull) | next << 8;
    v->state->next_record = (next + 1) % VTD_RECORDS;
    fault_set_status(v, VTD_FSTS_PPF);
}

static const char *reason_text(enum vtd_reason reason)
{
    switch (reason) {
    case VTD_REQUEST_RESERVED: return "reserved bits of the request";
    case VTD_INDEX_TOO_LARGE: return "beyond the table";
    case VTD_NOT_PRESENT: return "P = 0";
    case VTD_TABLE_ERROR: return "the table is outside memory";
    case VTD_ENTRY_RESERVED: return "reserved bits of the entry";
    case VTD_COMPATIBILITY_BLOCKED: return "compatibility format";
    case VTD_SOURCE_REFUSED: return "source id";
    case VTD_DESCRIPTOR_ERROR: return "the descriptor is outside memory";
    case VTD_DESCRIPTOR_RESERVED: return "reserved bits of the descriptor";
    case VTD_OK: break;
    }
    return "?";
}

void vtd_fault(struct vtd *v, const struct vtd_outcome *o, uint16_t requester)
{
    machine_say(v->m, STEP_DEVICE, "blocked: %s (entry %u, reason %#x%s)",
                reason_text((enum vtd_reason)o->reason), o->index, o->reason,
                o->silent ? ", not recorded: FPD" : "");
    if (!o->silent)
        record(v, o, requester);
}
