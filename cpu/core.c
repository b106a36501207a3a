/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of a core: set-up, start, its steps on its coroutine, contexts, registers. Where it waits
 * for its turn is in point.c, what the hooks do in hooks.c, how a core goes back in checkpoint.c.
 */
#include "cpu/core.h"

#include <stdio.h>
#include <stdlib.h>

#include "cpu/internal.h"
#include "sim/tso.h"

uint64_t core_reg(struct core *c, int uc_register)
{
    uint64_t value = 0;
    uc_reg_read(c->uc, uc_register, &value);
    return value;
}

void core_set_reg(struct core *c, int uc_register, uint64_t value)
{
    uc_reg_write(c->uc, uc_register, &value);
}

void core_jump(struct core *c, uint64_t rip)
{
    c->exec.jump = 1;
    c->exec.jump_rip = rip;
    c->exec.resume_rip = rip;
}

void core_skip(struct core *c, const struct insn *in)
{
    core_jump(c, in->address + in->length);
}

bool core_translate(const struct core *c, uint64_t linear, unsigned size, uint64_t *physical)
{
    *physical = linear - c->cpu->window_base;
    return memory_has(&c->m->memory, *physical, size);
}

/* ---- Levels ---- */

enum context_level core_level(const struct core *c)
{
    const struct core_state *s = c->state;
    return s->level_count ? (enum context_level)s->level[s->level_count - 1] : LEVEL_THREAD;
}

bool core_in_handler(const struct core *c)
{
    enum context_level level = core_level(c);
    return level >= LEVEL_INTERRUPT && level <= LEVEL_DEEP;
}

void core_push_level(struct core *c, enum context_level level, uint64_t frame_rsp)
{
    struct core_state *s = c->state;
    if (s->level_count == CORE_LEVELS) {
        machine_find(c->m, FINDING_LIMIT, "", "CPU%u: contexts nest deeper than %d", c->id,
                     CORE_LEVELS);
        core_end(c);
    }
    s->level_frame[s->level_count] = frame_rsp;
    s->level[s->level_count++] = (uint8_t)level;
    s->entering[s->level_count] = 0;
}

void core_pop_level(struct core *c)
{
    if (c->state->level_count)
        c->state->level_count--;
}

/* Two contexts that have no level between them cannot be told apart. What the inner one touches counts
 * as touched by many: it is shared as soon as anybody writes it. */
unsigned core_context(const struct core *c)
{
    if (core_level(c) == LEVEL_DEEP)
        return CONTEXT_MANY;
    unsigned thread = core_in_handler(c) ? 0 : c->state->thread; /* handlers belong to the core */
    return context_of_thread(c->id, thread, core_level(c));
}

/* ---- Steps ---- */

/* Runs the core to its next point. */
static void resume(struct core *c)
{
    core_moves(c);
    coroutine_resume(&c->coroutine);
}

static void step(void *cpu, unsigned core)
{
    struct core *c = &((struct cpu *)cpu)->core[core];
    struct step *r = c->m->record;
    if (r) {
        r->pc = c->exec.pc;
        r->level = (uint8_t)core_level(c);
        r->cycle = c->state->cycles;
    }
    resume(c);
    if (r)
        r->buffered = (uint8_t)tso_count(c->m, core);
}

static bool idle(void *cpu, unsigned core)
{
    return ((struct cpu *)cpu)->core[core].exec.flags & (POINT_ENDED | POINT_WAIT_EVENT);
}

static bool in_host(void *cpu, unsigned core)
{
    return !((struct cpu *)cpu)->core[core].state->non_root;
}

static bool spinning(void *cpu, unsigned core)
{
    return ((struct cpu *)cpu)->core[core].exec.flags & POINT_WAIT_CHANGE;
}

static bool released(void *cpu, unsigned core)
{
    return spin_changed(&((struct cpu *)cpu)->core[core]);
}

/* ---- The start ---- */

static void rewind_setup(struct cpu *p)
{
    struct machine *m = p->m;
    memory_restore_base(&m->memory);
    memcpy(m->arena, p->setup_arena, m->arena_used);
    cores_restore(p, p->setup_cores);
}

static void begin(void *cpu)
{
    struct cpu *p = cpu;
    rewind_setup(p);
    p->in_setup = false;
    p->m->visibility.tracking = true;
    for (unsigned i = 0; i < p->m->cores; i++) {
        struct core *c = &p->core[i];
        c->state->icount = 0;
        c->state->acount = 0;
        if (c->exec.flags & POINT_SETUP)
            resume(c);
    }
    machine_take_snapshot(p->m);
}

static uint64_t place(void *cpu, unsigned core)
{
    return ((struct cpu *)cpu)->core[core].exec.pc;
}

static void position(void *cpu, unsigned core, uint64_t *icount, uint32_t *acount)
{
    const struct core_state *s = ((struct cpu *)cpu)->core[core].state;
    *icount = s->icount;
    *acount = s->acount;
}

static void stop_at(void *cpu, unsigned core, uint64_t icount, uint32_t acount)
{
    struct core *c = &((struct cpu *)cpu)->core[core];
    c->stop_icount = icount;
    c->stop_acount = acount;
}

static const struct core_ops core_operations = {
    .enabled = point_enabled,
    .enabled_cores = point_enabled_cores,
    .next = point_next,
    .step = step,
    .idle = idle,
    .in_host = in_host,
    .spinning = spinning,
    .released = released,
    .image_new = cores_image_new,
    .image_free = cores_image_free,
    .save = cores_save,
    .restore = cores_restore,
    .begin = begin,
    .position = position,
    .place = place,
    .stop_at = stop_at,
};

/* ---- Set-up ---- */

struct cpu *cpu_new(struct machine *m, uint64_t window_base)
{
    struct cpu *p = calloc(1, sizeof *p);
    assert(p);
    p->m = m;
    p->window_base = window_base;
    decoder_init(&p->decoder, m->memory.ram, window_base, m->memory.size);
    struct core_state *states = machine_reserve(m, m->cores * sizeof *states);
    for (unsigned i = 0; i < m->cores; i++) {
        struct core *c = &p->core[i];
        c->cpu = p;
        c->m = m;
        c->id = i;
        c->state = &states[i];
        c->exec.flags = POINT_ENDED;
        c->stop_icount = ~0ull;
        hooks_open(c);
    }
    m->cpu = p;
    m->core_ops = &core_operations;
    return p;
}

void cpu_free(struct cpu *p)
{
    /* Unicorn cannot be closed while its run loop is suspended on the coroutine: the engines and
     * their stacks go with the process. */
    if (p->setup_cores)
        cores_image_free(p, p->setup_cores);
    machine_drop_snapshot(p->m);
    for (unsigned i = 0; i < p->m->cores; i++)
        cores_free_images(&p->core[i]);
    p->m->core_ops = NULL;
    decoder_free(&p->decoder);
    free(p->setup_arena);
    free(p->mmio); /* its pages go with the memory that they lie beside */
    free(p);
}

void cpu_set_lacks_names(struct cpu *p)
{
    p->lacks_names = true;
}

void cpu_set_apic(struct cpu *p, const struct apic_ops *ops, void *apic)
{
    p->apic_ops = ops;
    p->apic = apic;
}

void cpu_set_virt(struct cpu *p, const struct virt_ops *ops, void *virt)
{
    p->virt_ops = ops;
    p->virt = virt;
}

void cpu_add_msrs(struct cpu *p, const struct msr_ops *ops, void *owner)
{
    assert(p->msr_ranges < CPU_MAX_MSR_RANGES);
    p->msr[p->msr_ranges].ops = *ops;
    p->msr[p->msr_ranges].owner = owner;
    p->msr_ranges++;
}

/* Unicorn returns when it comes to this address, which must not happen: a core stays in its run loop for ever, and
 * a checkpoint restores it there. It is not canonical and no value that programs come to by accident: other
 * addresses where there is nothing are faults. */
static const uint64_t never_reached = 0x8d3f5c17a96be241;

static void run(void *argument)
{
    struct core *c = argument;
    uc_err e = uc_emu_start(c->uc, c->exec.jump_rip, never_reached, 0, 0);
    /* Whatever led here, the model has not understood it: no verdict may be made of it. */
    fprintf(stderr, "irqweave: internal error: Unicorn left CPU%u's run loop at %#llx: %s\n", c->id,
            (unsigned long long)c->exec.pc, uc_strerror(e));
    abort();
}

void core_reset_control(struct core *c)
{
    struct core_state *s = c->state;
    s->cs = 0x08;
    s->ss = 0x10;
    s->cr0 = 0x80010033; /* PG, WP, NE, ET, MP, PE */
    s->cr4 = 0x20;       /* PAE */
    s->efer = 0xd00;     /* LMA, LME, NX */
}

bool cpu_setup_core(struct cpu *p, unsigned core, uint64_t rip, uint64_t rdi)
{
    struct core *c = &p->core[core];
    p->in_setup = true;
    core_reset_control(c);
    core_set_reg(c, UC_X86_REG_RDI, rdi);
    c->exec = (struct core_exec){.jump_rip = rip};
    coroutine_init(&c->coroutine, run, c);
    resume(c);
    return c->exec.flags & POINT_SETUP;
}

void cpu_setup_wait(struct cpu *p, unsigned core)
{
    p->core[core].state->activity = ACTIVITY_SIPI;
}

void cpu_setup_done(struct cpu *p)
{
    struct machine *m = p->m;
    p->setup_arena = malloc(m->arena_used);
    assert(p->setup_arena);
    memory_take_base(&m->memory);
    memcpy(p->setup_arena, m->arena, m->arena_used);
    p->setup_cores = cores_image_new(p);
    cores_save(p, p->setup_cores);
}

void cpu_setup_write(struct cpu *p, uint64_t physical, const void *bytes, size_t size)
{
    memory_write_base(&p->m->memory, physical, bytes, size);
}

void cpu_setup_jump(struct cpu *p, unsigned core, uint64_t rip)
{
    cores_image_jump(&p->core[core], p->setup_cores, rip);
}
