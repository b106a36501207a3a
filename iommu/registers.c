/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory-mapped registers of units. */
#include "iommu/registers.h"

unsigned unit_register_find(const struct unit_registers *u, uint64_t physical)
{
    uint64_t offset = physical - u->base;
    for (unsigned i = 0; i < u->count; i++)
        if (offset >= u->table[i].offset && offset < u->table[i].offset + (uint64_t)u->table[i].size)
            return i;
    return u->count;
}

static bool is_good(const struct unit_register *r, uint64_t physical, unsigned size)
{
    return (size == 4 || size == r->size) && !(physical & (size - 1));
}

/* The model knows what it has; an access beside that is the software's mistake or our gap. */
bool unit_register_refuse(struct machine *m, const struct unit_registers *u, const struct core *c,
                          uint64_t physical, unsigned size)
{
    unsigned which = unit_register_find(u, physical), offset = (unsigned)(physical - u->base);
    if (which == u->count)
        machine_find(m, FINDING_LIMIT, "", "CPU%u: %s register %#x is not modelled", c->id, u->unit,
                     offset);
    else if (!is_good(&u->table[which], physical, size))
        machine_find(m, FINDING_BUG, "", "CPU%u: %u bytes at %s register %#x; %u are right", c->id,
                     size, u->unit, offset, u->table[which].size);
    else
        return false;
    return true;
}

/* How far up in a 64-bit register these bytes lie. */
static unsigned upper_half(const struct unit_register *r, uint64_t physical)
{
    return r->size == 8 && (physical & 4) ? 32 : 0;
}

uint64_t unit_register_read(const struct unit_register *r, uint64_t value, uint64_t physical,
                            unsigned size)
{
    value >>= upper_half(r, physical);
    return size == 4 ? (uint32_t)value : value;
}

uint64_t unit_register_bits(const struct unit_register *r, uint64_t physical, unsigned size,
                            uint64_t value, uint64_t *mask)
{
    unsigned shift = upper_half(r, physical);
    *mask = (size == 8 ? ~0ull : 0xffffffffull) << shift;
    return value << shift & *mask;
}

uint64_t unit_register_written(const struct unit_register *r, uint64_t old, uint64_t physical,
                               unsigned size, uint64_t value)
{
    uint64_t mask, bits = unit_register_bits(r, physical, size, value, &mask);
    old = (old & ~(r->writable & mask)) | (bits & r->writable);
    return old & ~(bits & r->clears);
}
