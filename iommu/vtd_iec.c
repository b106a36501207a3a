/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looking an entry up through the interrupt entry cache.
 * After the VT-d specification, 5.1.4 (algorithm), 6.4 (cache).
 */
#include "iommu/access.h"
#include "iommu/vtd_internal.h"

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
static enum vtd_form judge_request(const struct vtd *v, const struct interrupt_request *r,
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
void vtd_next_translate(const struct vtd *v, const struct interrupt_request *r, struct footprint *fp)
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
static struct table_entry fetch(struct vtd *v, uint32_t index, unsigned context)
{
    uint64_t at = entry_address(v, index);
    uint64_t low = device_read(v->m, context, at, 8);
    return (struct table_entry){low, device_read(v->m, context, at + 8, 8)};
}

/* CAP.CM = 0: an entry that is not present or at fault is not cached (6.4); the source is no
 * property of the entry. */
static void keep(struct vtd *v, const struct vtd_outcome *o, const struct table_entry *irte)
{
    bool sound = o->reason == VTD_OK || o->reason == VTD_SOURCE_REFUSED;
    if (sound && !entry_cache_fill(&v->state->iec, o->index, irte))
        machine_find(v->m, FINDING_LIMIT, "", "VT-d: more than %d entries of the remapping table are "
                     "in use: not modelled", ENTRY_CACHE_MAX);
}

struct vtd_outcome vtd_translate(struct vtd *v, const struct interrupt_request *r, unsigned device)
{
    struct vtd_outcome o = {0};
    struct table_entry irte;
    o.form = judge_request(v, r, &o);
    if (o.form != VTD_REMAPPED)
        return o;
    bool keeps = knob_value(&v->m->knobs, KNOB_IEC) == 0;
    bool cached = keeps && entry_cache_find(&v->state->iec, o.index, &irte);
    if (!cached)
        irte = fetch(v, o.index, context_of_device(device));
    o.looked_up = 1;
    under_way_begin(&v->state->requests, device);
    vtd_judge_entry(&irte, r->requester, o.extended, &o);
    if (!cached && keeps)
        keep(v, &o, &irte);
    machine_say(v->m, STEP_DEVICE, "request for entry %u: %s", o.index,
                cached ? "found in the cache" : "entry read from memory");
    return o;
}
