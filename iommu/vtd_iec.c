/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interrupt entry cache, and looking an entry up through it.
 * After the VT-d specification, 5.1.4 (algorithm), 6.4 (cache), 6.5.2.8 (invalidation).
 *
 * When an entry leaves the cache by itself is the hardware's choice. The knob `iec` has the two ends:
 * kept until it is invalidated, which is worst for software that forgets to invalidate or claims to
 * be done too early, and never kept, which is worst for software that changes an entry in several
 * stores. An entry that leaves early between two requests of one table index is in neither.
 */
#include <string.h>

#include "iommu/vtd_internal.h"

bool iec_find(const struct vtd *v, uint32_t index, struct vtd_irte *found)
{
    for (unsigned i = 0; i < IEC_ENTRIES; i++) {
        const struct iec_entry *e = &v->state->iec[i];
        if (e->valid && e->index == index) {
            *found = e->irte;
            return true;
        }
    }
    return false;
}

/* Sorted, so that it is the same state whoever came first. */
void iec_fill(struct vtd *v, uint32_t index, const struct vtd_irte *irte)
{
    struct iec_entry *iec = v->state->iec;
    unsigned at = 0;
    if (iec[IEC_ENTRIES - 1].valid) {
        machine_find(v->m, FINDING_LIMIT, "", "VT-d: more than %d entries of the remapping table are "
                     "in use: not modelled", IEC_ENTRIES);
        return;
    }
    while (iec[at].valid && iec[at].index < index)
        at++;
    memmove(&iec[at + 1], &iec[at], (IEC_ENTRIES - 1 - at) * sizeof *iec);
    iec[at] = (struct iec_entry){index, 1, *irte};
}

void iec_invalidate(struct vtd *v, bool global, uint32_t index, unsigned mask)
{
    struct iec_entry *iec = v->state->iec;
    unsigned kept = 0;
    for (unsigned i = 0; i < IEC_ENTRIES; i++)
        if (iec[i].valid && !global && iec[i].index >> mask != index >> mask)
            iec[kept++] = iec[i];
    memset(&iec[kept], 0, (IEC_ENTRIES - kept) * sizeof *iec);
    memcpy(v->state->before, v->state->begun, sizeof v->state->before);
    memcpy(v->state->sent_before, v->state->sent, sizeof v->state->sent_before);
}

/* ---- A request is looked up ---- */

static uint64_t entry_address(const struct vtd *v, uint32_t index)
{
    return (v->state->table & ~0xfffull) + 16ull * index;
}

static bool extended(const struct vtd *v)
{
    return v->state->table & VTD_IRTA_EIME;
}

static bool in_table(const struct vtd *v, uint32_t index)
{
    return index < 2u << (v->state->table & 15);
}

/* What can be said before the table is looked at. */
static enum vtd_form judge_request(const struct vtd *v, const struct vtd_request *r,
                                   struct vtd_outcome *o)
{
    uint64_t status = v->state->reg[REG_GSTS];
    o->extended = extended(v);
    if (!(status & VTD_IRE))
        return VTD_COMPATIBILITY;
    if (!vtd_is_remappable(r->address)) {
        /* 5.1.4: compatibility format passes only if CFIS is set and EIME is not. */
        if (!o->extended && (status & VTD_CFI))
            return VTD_COMPATIBILITY;
        o->reason = VTD_COMPATIBILITY_BLOCKED;
        return VTD_BLOCKED;
    }
    if (!vtd_decode_request(r, &o->index))
        o->reason = VTD_REQUEST_RESERVED;
    else if (!in_table(v, o->index))
        o->reason = VTD_INDEX_TOO_LARGE;
    else if (!memory_has(&v->m->memory, entry_address(v, o->index), 16))
        o->reason = VTD_TABLE_ERROR;
    return o->reason ? VTD_BLOCKED : VTD_REMAPPED;
}

/* Memory is named whether the cache has the entry or not: a little more than it touches. */
void vtd_next_translate(const struct vtd *v, const struct vtd_request *r, struct footprint *fp)
{
    struct vtd_outcome o = {0};
    footprint_add(fp, vtd_resource(PART_CONTROL), ACCESS_READ);
    if (judge_request(v, r, &o) != VTD_REMAPPED)
        return;
    /* Two requests that fill the cache lead to the same cache in either order. */
    footprint_add(fp, vtd_resource(PART_IEC), ACCESS_ACCUMULATE);
    footprint_add_memory(fp, entry_address(v, o.index), 16, ACCESS_READ, 0);
}

/* The 128 bits are read at once: a mixture of two entries is seen only if memory has one (5.1.4). */
static struct vtd_irte fetch(struct vtd *v, uint32_t index, unsigned context)
{
    uint64_t at = entry_address(v, index);
    visible_touch(&v->m->visibility, at, 8, false, context);
    visible_touch(&v->m->visibility, at + 8, 8, false, context);
    return (struct vtd_irte){memory_read(&v->m->memory, at, 8),
                             memory_read(&v->m->memory, at + 8, 8)};
}

struct vtd_outcome vtd_translate(struct vtd *v, const struct vtd_request *r, unsigned device)
{
    struct vtd_outcome o = {0};
    struct vtd_irte irte;
    o.form = judge_request(v, r, &o);
    if (o.form != VTD_REMAPPED)
        return o;
    bool keeps = knob_value(&v->m->knobs, KNOB_IEC) == 0;
    bool cached = keeps && iec_find(v, o.index, &irte);
    if (!cached)
        irte = fetch(v, o.index, context_of_device(device));
    o.looked_up = 1;
    v->state->begun[device]++;
    vtd_judge_entry(&irte, r->requester, o.extended, &o);
    /* CAP.CM = 0: no fault of 5.1.4.1 leaves an entry in the cache (6.4), be it the request's. */
    bool sound = o.reason == VTD_OK;
    if (!cached && keeps && sound)
        iec_fill(v, o.index, &irte);
    machine_say(v->m, STEP_DEVICE, "request for entry %u: %s", o.index,
                cached ? "found in the cache" : "entry read from memory");
    return o;
}
