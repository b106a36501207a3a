/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/watch.h"

static bool changes(const struct access *a)
{
    return a->mode != ACCESS_READ && a->mode != ACCESS_FORWARDED;
}

static bool writes_range(const struct footprint *fp, const struct visible_range *r)
{
    for (uint32_t i = 0; i < fp->count; i++) {
        const struct access *a = &fp->access[i];
        if (resource_kind(a->resource) != RES_MEMORY || !changes(a))
            continue;
        uint64_t cell = resource_id(a->resource) << 3;
        if (cell < r->address + r->size && r->address < cell + 8)
            return true;
    }
    return false;
}

static bool changes_resource(const struct footprint *fp, uint64_t resource)
{
    for (uint32_t i = 0; i < fp->count; i++)
        if (fp->access[i].resource == resource && changes(&fp->access[i]))
            return true;
    return false;
}

static bool concerns(const struct invariant *inv, agent_id a, const struct footprint *fp)
{
    if (inv->steps_of >> a & 1)
        return true;
    for (unsigned i = 0; i < inv->range_count; i++)
        if (writes_range(fp, &inv->ranges[i]))
            return true;
    for (unsigned i = 0; i < inv->resource_count; i++)
        if (changes_resource(fp, inv->resources[i]))
            return true;
    return false;
}

bool watch_step(const struct machine *m, agent_id a, struct footprint *fp)
{
    bool added = false;
    for (unsigned k = 0; k < m->invariant_count; k++) {
        uint64_t resource = resource_make(RES_INVARIANT, k);
        const struct invariant *inv = &m->invariant[k];
        if (!inv->every_step || changes_resource(fp, resource) || !concerns(inv, a, fp))
            continue;
        footprint_add(fp, resource, ACCESS_WRITE);
        added = true;
    }
    return added;
}
