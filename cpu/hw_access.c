/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Accesses of microcode to physical memory: steps of their own where others can see them. */
#include "cpu/internal.h"
#include "sim/tso.h"

/* Operands of system instructions that lie on the APIC-access page would have to leave the guest. */
static void refuse_access_page(struct core *c)
{
    machine_find(c->m, FINDING_LIMIT, "", "CPU%u: microcode accesses the APIC-access page at %#llx: not "
                 "modelled", c->id, (unsigned long long)c->exec.pc);
    core_end(c);
}

static bool touch(struct core *c, uint64_t physical, unsigned size, bool write)
{
    assert(physical + size <= c->m->memory.size);
    if (c->state->access_page && access_page_has(c, physical + c->cpu->window_base, size))
        refuse_access_page(c);
    c->state->acount++;
    bool visible = visible_touch(&c->m->visibility, physical, size, write, core_context(c));
    return (visible || core_stops_here(c)) && !c->cpu->in_setup;
}

/* A step that has accessed something before says that. */
static void record_first(struct core *c, uint64_t physical, unsigned size, uint64_t old, uint64_t value)
{
    struct step *r = c->m->record;
    if (!r || r->address != ~0ull)
        return;
    record_access(c, physical, size, value);
    r->old = old;
}

uint64_t core_hw_read_with(struct core *c, struct footprint *fp, unsigned flags, uint64_t physical,
                           unsigned size)
{
    bool forwarded, visible = touch(c, physical, size, false);
    if (visible)
        footprint_add_memory(fp, physical, size, ACCESS_READ, c->id + 1);
    if (visible || fp->count || fp->events)
        core_point(c, fp, flags | POINT_ACCESS);
    uint64_t value = tso_load(c->m, c->id, physical, size, &forwarded);
    if (visible) {
        record_first(c, physical, size, value, value);
        machine_say(c->m, STEP_LOAD, "microcode reads");
    }
    return value;
}

uint64_t core_hw_read(struct core *c, uint64_t physical, unsigned size)
{
    struct footprint fp;
    footprint_clear(&fp);
    return core_hw_read_with(c, &fp, 0, physical, size);
}

/* The access itself, in a step that has been announced if it is visible. */
static uint64_t replace(struct core *c, bool visible, uint64_t physical, unsigned size, uint64_t value)
{
    uint64_t old = memory_read(&c->m->memory, physical, size);
    tso_write_global(c->m, physical, size, value);
    if (visible)
        record_first(c, physical, size, old, value);
    return old;
}

uint64_t core_hw_update(struct core *c, uint64_t physical, unsigned size,
                        uint64_t (*next)(uint64_t old))
{
    bool visible = touch(c, physical, size, true);
    if (visible) {
        struct footprint fp;
        footprint_clear(&fp);
        footprint_add_memory(&fp, physical, size, ACCESS_WRITE, c->id + 1);
        core_point(c, &fp, POINT_DRAINED | POINT_ACCESS);
    }
    return replace(c, visible, physical, size, next(memory_read(&c->m->memory, physical, size)));
}

uint64_t core_hw_rmw_with(struct core *c, struct footprint *fp, unsigned flags, uint64_t physical,
                          unsigned size, uint64_t and_mask, uint64_t or_mask)
{
    bool visible = touch(c, physical, size, true);
    if (visible)
        footprint_add_memory(fp, physical, size, ACCESS_WRITE, c->id + 1);
    if (visible || fp->count || fp->events)
        core_point(c, fp, flags | POINT_DRAINED | POINT_ACCESS);
    uint64_t old = memory_read(&c->m->memory, physical, size);
    return replace(c, visible, physical, size, (old & and_mask) | or_mask);
}

uint64_t core_hw_rmw(struct core *c, uint64_t physical, unsigned size, uint64_t and_mask,
                     uint64_t or_mask)
{
    struct footprint fp;
    footprint_clear(&fp);
    return core_hw_rmw_with(c, &fp, 0, physical, size, and_mask, or_mask);
}

void core_hw_write(struct core *c, uint64_t physical, unsigned size, uint64_t value)
{
    core_hw_rmw(c, physical, size, 0, value);
}

void core_hw_store(struct core *c, uint64_t physical, unsigned size, uint64_t value)
{
    struct footprint fp;
    if (!touch(c, physical, size, true)) {
        tso_write_global(c->m, physical, size, value);
        return;
    }
    footprint_clear(&fp);
    tso_order_store(c->m, c->id, &fp);
    if (c->m->model == MEMORY_SC)
        footprint_add_memory(&fp, physical, size, ACCESS_WRITE, c->id + 1);
    core_point(c, &fp, POINT_ACCESS | POINT_STORE);
    record_first(c, physical, size, memory_read(&c->m->memory, physical, size), value);
    machine_say(c->m, STEP_STORE, "writes");
    tso_store(c->m, c->id, physical, size, value, c->exec.pc);
}

uint64_t core_page_load(struct core *c, uint64_t physical, unsigned size)
{
    return c->exec.locked ? core_hw_rmw(c, physical, size, ~0ull, 0)
                          : core_hw_read(c, physical, size);
}

void core_page_store(struct core *c, uint64_t physical, unsigned size, uint64_t value)
{
    if (c->exec.locked)
        tso_write_global(c->m, physical, size, value);
    else
        core_hw_store(c, physical, size, value);
}
