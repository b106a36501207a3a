/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/region.h"

static void end(struct machine *m, unsigned core, uint32_t regions)
{
    m->state->regions[core] &= ~regions;
    m->tail.events |= regions * EVENT_REGION_LEAVE;
}

/* The newest buffered store of the region, or NULL. */
static struct store *last_store(struct machine *m, unsigned core, uint32_t region)
{
    struct store_buffer *sb = &m->state->buffer[core];
    struct store *last = NULL;
    for (uint32_t n = sb->first; n != sb->next; n++) {
        struct store *s = &sb->entry[n % STORE_BUFFER_MAX];
        if (s->regions & region)
            last = s;
    }
    return last;
}

void region_enter(struct machine *m, unsigned core, unsigned region)
{
    struct store *last = last_store(m, core, 1u << region);
    if (!last || !(last->leaves >> region & 1))
        return;
    last->leaves &= (uint16_t)~(1u << region);
    footprint_add(&m->tail, region_resource(core, region), ACCESS_WRITE);
}

void region_leave(struct machine *m, unsigned core, unsigned region)
{
    if (!(m->state->regions[core] >> region & 1))
        return;
    struct store *last = last_store(m, core, 1u << region);
    footprint_add(&m->tail, region_resource(core, region), ACCESS_WRITE);
    if (last)
        last->leaves |= (uint16_t)(1u << region);
    else
        end(m, core, 1u << region);
}

static bool overlaps(const struct visible_range *r, uint64_t address, unsigned size)
{
    return address < r->address + r->size && r->address < address + size;
}

uint32_t region_of_store(const struct machine *m, unsigned core, uint64_t address, unsigned size)
{
    uint32_t inside = m->state->regions[core];
    for (unsigned k = 0; k < m->invariant_count; k++)
        for (unsigned r = 0; r < m->invariant[k].range_count; r++)
            if (overlaps(&m->invariant[k].ranges[r], address, size))
                return inside;
    return 0;
}

/* Those of all its regions: whether one of them has been left by then is up to the core. */
void region_next_drain(unsigned core, const struct store *s, struct footprint *fp)
{
    for (unsigned left = s->regions; left; left &= left - 1)
        footprint_add(fp, region_resource(core, (unsigned)__builtin_ctz(left)), ACCESS_WRITE);
}

void region_drain(struct machine *m, unsigned core, const struct store *s)
{
    end(m, core, s->leaves);
}
