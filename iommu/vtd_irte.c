/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an interrupt request and an entry of the remapping table say. Pure rules.
 * After the VT-d specification, 5.1.2 and 5.1.3 (requests), 5.1.4 (source ids), 9.9 and 9.10
 * (entries), 9.11 (posted-interrupt descriptor).
 */
#include "iommu/vtd.h"
#include "vmx/posted.h"

enum {
    IRTE_P = 1 << 0,
    IRTE_FPD = 1 << 1,
    IRTE_IM = 1 << 15,
    IRTE_RESERVED_DELIVERY = 1 << 3 | 1 << 6, /* delivery modes, a bit each */
};

/* Bits that must be 0. In the low half of a remapped entry also what an APIC id does not fill. */
#define REMAPPED_RESERVED 0xff007000ull
#define REMAPPED_XAPIC_RESERVED 0xffff00ff00000000ull
#define POSTED_RESERVED 0x0000003fff0030fcull
#define HIGH_RESERVED_REMAPPED 0xfffffffffff00000ull
#define HIGH_RESERVED_POSTED 0x00000000fff00000ull

/* NDST of xAPIC mode fills bits 15:8 of its field alone. */
#define NDST_XAPIC_RESERVED 0xffff00ff00000000ull

bool vtd_decode_request(const struct interrupt_request *r, uint32_t *index)
{
    bool subhandle_valid = r->address >> 3 & 1;
    *index = (uint32_t)((r->address >> 5 & 0x7fff) | (r->address >> 2 & 1) << 15);
    if (!subhandle_valid)
        return true;
    *index += r->data & 0xffff;
    return !(r->data >> 16);
}

static bool reserved(const struct table_entry *e, bool extended)
{
    unsigned svt = e->high >> 18 & 3;
    if (svt == 3)
        return true;
    if (e->low & IRTE_IM)
        return (e->low & POSTED_RESERVED) || (e->high & HIGH_RESERVED_POSTED);
    if (IRTE_RESERVED_DELIVERY >> (e->low >> 5 & 7) & 1)
        return true;
    return (e->low & (REMAPPED_RESERVED | (extended ? 0 : REMAPPED_XAPIC_RESERVED))) ||
           (e->high & HIGH_RESERVED_REMAPPED);
}

/* 9.9, SVT, SQ and SID: which bits of the requester's id are compared, or which buses may send. */
static bool source_refused(const struct table_entry *e, uint16_t requester)
{
    static const uint16_t compared[4] = {0xffff, 0xfffb, 0xfff9, 0xfff8}; /* by SQ */
    uint16_t sid = (uint16_t)e->high;
    unsigned bus = requester >> 8;
    switch (e->high >> 18 & 3) {
    case 1:
        return (sid ^ requester) & compared[e->high >> 16 & 3];
    case 2:
        return bus < sid >> 8 || bus > (sid & 0xff);
    default:
        return false;
    }
}

/* All these faults are qualified: FPD keeps them from being reported, present or not. */
static enum vtd_reason judge(const struct table_entry *e, uint16_t requester, bool extended)
{
    if (!(e->low & IRTE_P))
        return VTD_NOT_PRESENT;
    if (reserved(e, extended))
        return VTD_ENTRY_RESERVED;
    return source_refused(e, requester) ? VTD_SOURCE_REFUSED : VTD_OK;
}

static void fill_posted(const struct table_entry *e, struct vtd_outcome *o)
{
    o->form = VTD_POSTED;
    o->urgent = e->low >> 14 & 1;
    o->descriptor = (e->high & 0xffffffff00000000ull) | (e->low >> 38 & 0x3ffffff) << 6;
}

static void fill_remapped(const struct table_entry *e, struct vtd_outcome *o)
{
    uint32_t field = (uint32_t)(e->low >> 32);
    o->form = VTD_REMAPPED;
    o->logical = e->low >> 2 & 1;
    o->redirection = e->low >> 3 & 1;
    o->level = e->low >> 4 & 1;
    o->delivery = e->low >> 5 & 7;
    o->destination = o->extended ? field : field >> 8 & 0xff;
}

void vtd_judge_entry(const struct table_entry *e, uint16_t requester, bool extended,
                     struct vtd_outcome *o)
{
    o->extended = extended;
    o->reason = judge(e, requester, extended);
    o->vector = (uint8_t)(e->low >> 16);
    o->silent = !!(e->low & IRTE_FPD); /* whatever comes of this request from here on, its descriptor included */
    if (o->reason != VTD_OK) {
        o->form = VTD_BLOCKED;
        return;
    }
    if (e->low & IRTE_IM)
        fill_posted(e, o);
    else
        fill_remapped(e, o);
}

uint32_t vtd_notification_destination(uint64_t control, bool extended)
{
    uint32_t ndst = pid_ndst(control);
    return extended ? ndst : ndst >> 8 & 0xff;
}

bool vtd_descriptor_is_clean(uint64_t control, bool extended)
{
    return !(control & (PID_RESERVED | (extended ? 0 : NDST_XAPIC_RESERVED)));
}
