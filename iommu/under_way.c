/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupt requests under way. */
#include "iommu/under_way.h"

#include <string.h>

/* Of each device, each request. Other resources of devices have addresses, of at most 46 bits. */
static uint64_t resource(unsigned device, uint32_t number)
{
    return resource_make(RES_DEVICE, (uint64_t)(device + 1) << 48 | number);
}

void under_way_begin(struct under_way *u, unsigned device)
{
    u->begun[device]++;
}

void under_way_end(struct under_way *u, unsigned device)
{
    u->done[device]++;
    assert(u->done[device] == u->begun[device]);
}

void under_way_invalidate(struct under_way *u)
{
    memcpy(u->before, u->begun, sizeof u->before);
}

bool under_way_drained(const struct under_way *u)
{
    for (unsigned i = 0; i < MACHINE_MAX_DEVICES; i++)
        if (u->done[i] < u->before[i])
            return false;
    return true;
}

void under_way_next_end(const struct under_way *u, unsigned device, struct footprint *fp)
{
    footprint_add_order(fp, resource(device, u->begun[device]));
}

void under_way_next_drained(const struct under_way *u, struct footprint *fp)
{
    for (unsigned i = 0; i < MACHINE_MAX_DEVICES; i++)
        if (u->before[i])
            footprint_add_order(fp, resource(i, u->before[i]));
}
