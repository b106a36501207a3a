/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads of the device table and of remapping tables, through the caches. After the AMD IOMMU specification,
 * "Device Table", "Interrupt Remapping Tables", "INVALIDATE_DEVTAB_ENTRY", "INVALIDATE_INTERRUPT_TABLE".
 *
 * How long entries are kept is the knob `iec` (iommu/entry_cache.h); remapping entries are not, with
 * IRTCacheDis. Entries that are not valid are kept like others. What a request has read that began before
 * an invalidation is not kept behind it.
 */
#include "iommu/access.h"
#include "iommu/amdvi_internal.h"

struct amdvi_mode amdvi_mode_of(const struct amdvi *v)
{
    uint64_t control = v->state->reg[REG_CONTROL];
    bool ga = control & AMDVI_GA_EN;
    return (struct amdvi_mode){
        .ga = ga,
        .guest = ga && (control & AMDVI_GAM_MASK) == AMDVI_GAM_EN,
        .xt = ga && (control & AMDVI_XT_EN),
        .gappi = control & AMDVI_GAPPI_EN,
    };
}

static bool keeps(const struct amdvi *v)
{
    return v->m->knobs.value[KNOB_IEC] == 0;
}

static void keep(struct amdvi *v, struct entry_cache *cache, uint32_t key,
                 const struct table_entry *e, unsigned device)
{
    struct table_entry there;
    const struct under_way *u = &v->state->requests;
    if (u->before[device] == u->begun[device] || entry_cache_find(cache, key, &there))
        return;
    if (!entry_cache_fill(cache, key, e))
        machine_find(v->m, FINDING_LIMIT, "", "AMD-Vi: more than %d entries of a kind are in use: not "
                     "modelled", ENTRY_CACHE_MAX);
}

/* ---- Device table ---- */

bool table_device_address(const struct amdvi *v, uint16_t device_id, uint64_t *address)
{
    uint64_t base = v->state->reg[REG_DEVICE_TABLE];
    *address = (base & 0x000ffffffffff000ull) + DTE_BYTES * (uint64_t)device_id;
    return DTE_BYTES * (uint64_t)device_id < ((base & 0x1ff) + 1) << 12;
}

/* Memory is named whether the cache has the entry or not: a little more than it touches. */
void table_next_device(const struct amdvi *v, uint16_t device_id, struct footprint *fp)
{
    uint64_t at;
    /* Two requests that fill the cache lead to the same cache in either order. */
    footprint_add(fp, amdvi_resource(PART_CACHE), ACCESS_ACCUMULATE);
    if (table_device_address(v, device_id, &at) && memory_has(&v->m->memory, at, DTE_BYTES))
        footprint_add_memory(fp, at + DTE_INTERRUPTS, 16, ACCESS_READ, 0);
}

struct table_entry table_read_device(struct amdvi *v, uint16_t device_id, unsigned device)
{
    unsigned context = context_of_device(device);
    struct table_entry e;
    uint64_t at;
    knob_value(&v->m->knobs, KNOB_IEC);
    if (keeps(v) && entry_cache_find(&v->state->devices, device_id, &e))
        return e;
    table_device_address(v, device_id, &at);
    e.low = device_read(v->m, context, at + DTE_INTERRUPTS, 8);
    e.high = device_read(v->m, context, at + DTE_INTERRUPTS + 8, 8);
    if (keeps(v))
        keep(v, &v->state->devices, device_id, &e, device);
    return e;
}

/* ---- Remapping tables ---- */

bool table_is_cached(const struct amdvi *v, uint32_t key, struct table_entry *e)
{
    return keeps(v) && !amdvi_controls(v, AMDVI_IRT_CACHE_DIS) &&
           entry_cache_find(&v->state->interrupts, key, e);
}

void table_keep(struct amdvi *v, uint32_t key, const struct table_entry *e, unsigned device)
{
    if (keeps(v) && !amdvi_controls(v, AMDVI_IRT_CACHE_DIS))
        keep(v, &v->state->interrupts, key, e, device);
}
