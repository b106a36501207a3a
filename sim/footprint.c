/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/footprint.h"

void footprint_add_memory(struct footprint *fp, uint64_t address, unsigned size,
                          enum access_mode mode, unsigned unit)
{
    assert(size > 0);
    while (size) {
        unsigned offset = address & 7;
        unsigned here = 8 - offset < size ? 8 - offset : size;
        uint8_t bytes = (uint8_t)(((1u << here) - 1) << offset);
        struct access a = {resource_make(RES_MEMORY, address >> 3), bytes, (uint8_t)mode,
                           (uint8_t)unit, 0, 0};
        footprint_add_access(fp, a);
        address += here;
        size -= here;
    }
}

bool accesses_drain(const struct access *drain, uint32_t count, struct access *a)
{
    if (a->mode != ACCESS_FORWARDED)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (drain[i].mode == ACCESS_WRITE && drain[i].store == a->store &&
            drain[i].resource == a->resource && drain[i].unit == a->unit) {
            a->mode = ACCESS_READ;
            return true;
        }
    return false;
}
