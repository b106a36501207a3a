/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accesses to device registers, and those of a guest to its APIC-access page. Unicorn gets a page of
 * ordinary memory for each: what a load shall find is put there by the hook that comes before it, and
 * what a store leaves there nobody reads. So all cores share it.
 *
 * It lies as far from RAM in this process as the registers do in the address space of a core. For Unicorn 2.0.1 looks up where a
 * page is after the hook, by a slot of its TLB that may hold another page when the core goes on: the distance must be right
 * for any.
 */
#include "cpu/mmio.h"

#include <stdlib.h>

#include "cpu/internal.h"

enum { PAGE = 4096 };

struct mmio_range {
    struct mmio_ops ops;
    void *owner;
    uint8_t *scratch; /* what Unicorn reads and writes, of all cores */
};

static size_t size_of(const struct mmio_range *range)
{
    return range->ops.last - range->ops.first + 1;
}

static void map(struct core *c, const struct mmio_range *range)
{
    uc_err e = uc_mem_map_ptr(c->uc, range->ops.first, size_of(range), UC_PROT_ALL, range->scratch);
    assert(e == UC_ERR_OK);
    (void)e;
}

void cpu_add_mmio(struct cpu *p, const struct mmio_ops *ops, void *owner)
{
    if (!p->mmio)
        p->mmio = calloc(CPU_MAX_MMIO_RANGES, sizeof *p->mmio);
    assert(p->mmio && p->mmio_ranges < CPU_MAX_MMIO_RANGES);
    assert(!(ops->first & (PAGE - 1)) && !(~ops->last & (PAGE - 1)) && ops->first < ops->last);
    assert(ops->last < p->window_base && ops->first >= p->m->memory.size);
    struct mmio_range *range = &p->mmio[p->mmio_ranges++];
    range->ops = *ops;
    range->owner = owner;
    range->scratch = memory_beside(&p->m->memory, (int64_t)(ops->first - p->window_base), size_of(range));
    for (unsigned i = 0; i < p->m->cores; i++)
        map(&p->core[i], range);
}

static struct mmio_range *find(struct cpu *p, uint64_t physical, unsigned size)
{
    for (unsigned i = 0; i < p->mmio_ranges; i++) {
        struct mmio_range *r = &p->mmio[i];
        if (physical >= r->ops.first && physical <= r->ops.last &&
            size <= r->ops.last - physical + 1)
            return r;
    }
    return NULL;
}

uint8_t *mmio_backing(struct core *c, uint64_t physical, unsigned size)
{
    struct mmio_range *r = find(c->cpu, physical, size);
    return r ? r->scratch + (physical - r->ops.first) : NULL;
}

static bool is_steady(const struct mmio_range *r, uint64_t physical)
{
    return r->ops.is_steady && r->ops.is_steady(r->owner, physical);
}

uint64_t mmio_steady(struct core *c, uint64_t physical, unsigned size)
{
    struct mmio_range *r = find(c->cpu, physical, size);
    return r->ops.read(r->owner, c, physical, size);
}

void mmio_next_steady(struct core *c, uint64_t physical, unsigned size, struct footprint *fp)
{
    struct mmio_range *r = find(c->cpu, physical, size);
    unsigned flags = 0;
    r->ops.next(r->owner, c, physical, size, false, 0, fp, &flags);
}

bool mmio_access(struct core *c, bool write, uint64_t physical, unsigned size, uint64_t value)
{
    struct mmio_range *r = find(c->cpu, physical, size);
    struct footprint fp, now;
    unsigned flags = core_access_flags(c) | POINT_DRAINED, ignored = 0;
    if (!r)
        return false;
    footprint_clear(&fp);
    r->ops.next(r->owner, c, physical, size, write, value, &fp, &flags);
    if (!core_point(c, &fp, flags))
        return true; /* an event came instead of the instruction */
    footprint_clear(&now);
    r->ops.next(r->owner, c, physical, size, write, value, &now, &ignored);
    core_touch_now(c, &fp, &now);
    if (write || !is_steady(r, physical))
        spin_break(c); /* it may read otherwise each time */
    if (write) {
        record_access(c, physical, size, value);
        machine_say(c->m, STEP_STORE, "device register");
        r->ops.write(r->owner, c, physical, size, value);
        return true;
    }
    value = r->ops.read(r->owner, c, physical, size);
    memcpy(r->scratch + (physical - r->ops.first), &value, size);
    if (is_steady(r, physical))
        spin_note_register(c, physical, size, value);
    record_access(c, physical, size, value);
    machine_say(c->m, STEP_LOAD, "device register");
    return true;
}

/* ---- The APIC-access page ---- */

unsigned core_access_flags(const struct core *c)
{
    bool first = !c->exec.visible_done && !c->exec.locked;
    return first ? POINT_ACCESS | POINT_BOUNDARY : POINT_ACCESS;
}

bool access_page_has(const struct core *c, uint64_t linear, unsigned size)
{
    uint64_t physical = linear - c->cpu->window_base;
    uint64_t page = c->state->access_page & ~1ull;
    if (physical >= c->m->memory.size)
        physical = linear;
    return c->state->access_page && physical + size > page && physical < page + PAGE;
}

bool access_page_use(struct core *c, enum page_access how, uint64_t linear, unsigned size,
                     uint64_t *value)
{
    unsigned offset = (unsigned)(linear & (PAGE - 1));
    if (offset + size > PAGE) {
        machine_find(c->m, FINDING_LIMIT, "", "CPU%u: an access at %#llx crosses the border of the "
                     "APIC-access page: not modelled", c->id, (unsigned long long)linear);
        core_end(c);
    }
    return c->cpu->virt_ops->page_access(c->cpu->virt, c, how, offset, size, value);
}
