/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of a core: its coroutine, the points at which it waits for its turn, and events at
 * instruction boundaries. What the hooks do is in hooks.c, how a core goes back in checkpoint.c.
 */
#include "cpu/core.h"

#include <stdio.h>
#include <stdlib.h>

#include "cpu/internal.h"
#include "sim/message.h"
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

bool core_translate(const struct core *c, uint64_t linear, uint64_t *physical)
{
    *physical = linear - c->cpu->window_base;
    return *physical < c->m->memory.size;
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
    return context_of_core(c->id, core_level(c));
}

/* ---- Events ---- */

/* Could an event be recognised at the boundary where the core stands, if one were pending? */
static bool interruptible(struct core *c)
{
    if (c->state->non_root)
        return c->cpu->virt_ops->interruptible(c->cpu->virt, c);
    return c->state->interrupt_flag && !c->state->shadow;
}

static bool is_observed(const struct core *c)
{
    return c->m->observed_core >> c->id & 1;
}

/* Could an NMI be taken here if one were pending? SDM vol. 3, 6.7.1 (blocked until the next IRET),
 * 26.6.1 and vol. 2, MOV (blocked by MOV SS). What STI does is a knob; it may open, so that the boundary
 * counts as open whatever the value: else the run that would consult the knob might be left out. */
static bool nmi_open(const struct core *c)
{
    return !c->state->nmi_blocked && !(c->state->shadow & SHADOW_MOV_SS);
}

bool core_nmi_ready(struct core *c)
{
    if (!is_observed(c) || !nmi_open(c) || !c->cpu->apic ||
        !c->cpu->apic_ops->nmi_pending(c->cpu->apic, c->id))
        return false;
    return !(c->state->shadow & SHADOW_STI) ||
           knob_value(&c->m->knobs, KNOB_STI_BLOCKS_NMI) == 0;
}

static bool event_pending(struct core *c)
{
    if (c->state->non_root)
        return c->cpu->virt_ops->event_ready(c->cpu->virt, c);
    if (!c->cpu->apic)
        return false;
    if (core_nmi_ready(c))
        return true;
    return interruptible(c) && c->cpu->apic_ops->pending(c->cpu->apic, c->id);
}

bool core_event_ready(struct core *c)
{
    return (c->exec.flags & POINT_BOUNDARY) && event_pending(c);
}

static enum event_result take_event(struct core *c)
{
    spin_break(c);
    c->state->icount++; /* an event is a position of its own */
    c->state->acount = 0;
    if (c->state->non_root)
        return c->cpu->virt_ops->event_take(c->cpu->virt, c);
    if (core_nmi_ready(c)) { /* SDM vol. 3, table 6-2: before maskable interrupts */
        core_take_nmi(c);
        return EVENT_DIVERTED;
    }
    unsigned vector = c->cpu->apic_ops->acknowledge(c->cpu->apic, c->id);
    machine_say(c->m, STEP_DELIVER, "takes interrupt %#x", vector);
    core_deliver(c, vector, false, 0, c->exec.resume_rip);
    return EVENT_DIVERTED;
}

/* ---- Points ---- */

/* A handler is quiet as long as it only ends its interrupt (accesses to INTR alone) and returns to
 * where it came from, see interrupt_return(). What it does beyond that can be seen by others, and so
 * can the moment at which it does it. Regions that it passes are noticed in marker.c. */
static void observe_handler(struct core *c, const struct footprint *fp, unsigned flags)
{
    bool quiet = fp->count || (flags & POINT_RETURN);
    if (!core_in_handler(c))
        return;
    for (uint32_t i = 0; i < fp->count; i++)
        quiet &= fp->access[i].resource == resource_make(RES_INTR, c->id);
    if (!quiet)
        machine_observe(c->m, c->id);
}

/*
 * A boundary of a thread can be left out if all that handlers on this core ever do is to end their
 * interrupt and return with all registers as they were, and nobody looks at what is pending here
 * meanwhile: then taking the interrupt before a plain access or after it leads to the same state,
 * and a message that came earlier might as well have come later. The boundaries before cli, hlt, VM
 * entry and register accesses stay; a thread that blocks one of those (MOV SS) or changes what a
 * delivery does (LIDT) keeps all. Which cores qualify is found out like visible memory is.
 */
static bool boundary_matters(const struct core *c, unsigned flags)
{
    if (!(flags & POINT_PLAIN) || c->m->every_boundary)
        return true;
    if (c->state->non_root || core_level(c) != LEVEL_THREAD)
        return true;
    return is_observed(c);
}

/* Touches nothing, waits for nothing, and nothing could interrupt it: a step that nobody sees. NMIs
 * come to observed cores alone. */
static bool nobody_sees(struct core *c, unsigned flags, const struct footprint *fp)
{
    return !fp->count && !fp->events && !(flags & ~(unsigned)(POINT_BOUNDARY | POINT_PLAIN)) &&
           !interruptible(c) && !is_observed(c);
}

/* Regions are entered in the very step that they begin with; see marker.c. */
static uint16_t *regions_entered(struct core *c)
{
    return &c->state->entering[c->state->level_count];
}

bool core_point(struct core *c, const struct footprint *fp, unsigned flags)
{
    if (c->cpu->in_setup)
        return true;
    observe_handler(c, fp, flags);
    if (!boundary_matters(c, flags))
        flags &= ~(unsigned)POINT_BOUNDARY;
    if (nobody_sees(c, flags, fp))
        return true;
    for (;;) {
        if (!(flags & POINT_ACCESS))
            c->state->acount++;
        c->exec.next = fp;
        c->exec.flags = flags;
        c->exec.quiet_since = c->state->icount;
        coroutine_suspend(&c->coroutine);
        if (!(flags & POINT_BOUNDARY) || !event_pending(c))
            break;
        if (take_event(c) == EVENT_DIVERTED) {
            c->state->activity = ACTIVITY_ACTIVE;
            return false;
        }
        flags &= ~(unsigned)POINT_ACCESS;
    }
    c->exec.visible_done++;
    c->m->state->regions[c->id] |= *regions_entered(c);
    *regions_entered(c) = 0;
    return true;
}

void core_end(struct core *c)
{
    static const struct footprint nothing;
    for (;;) {
        c->exec.next = &nothing;
        c->exec.flags = POINT_ENDED;
        coroutine_suspend(&c->coroutine);
    }
}

/* The first step of the event that is ready. */
static void next_event(struct core *c, struct footprint *fp, unsigned *flags)
{
    *flags = POINT_DRAINED; /* SDM vol. 3, 11.10: interrupts drain the store buffer */
    if (c->state->non_root)
        c->cpu->virt_ops->event_next(c->cpu->virt, c, fp, flags);
    else if (core_nmi_ready(c)) {
        footprint_add(fp, core_control(c->id, UNIT_NMI), ACCESS_WRITE);
        /* Had the NMI not come, the core's step would be another one, which reads INTR: what changes
         * that must not pass this one. */
        if (interruptible(c))
            footprint_add(fp, resource_make(RES_INTR, c->id), ACCESS_READ);
    } else
        footprint_add(fp, resource_make(RES_INTR, c->id), ACCESS_WRITE);
}

static bool event_waits(struct core *c)
{
    struct footprint fp;
    unsigned flags;
    if (tso_empty(c->m, c->id))
        return false;
    footprint_clear(&fp);
    next_event(c, &fp, &flags);
    return flags & POINT_DRAINED;
}

static bool enabled(void *cpu, unsigned core)
{
    struct core *c = &((struct cpu *)cpu)->core[core];
    unsigned flags = c->exec.flags;
    if (flags & (POINT_ENDED | POINT_SETUP))
        return false;
    if (core_event_ready(c))
        return !event_waits(c);
    if (flags & POINT_WAIT_EVENT)
        return false;
    if (flags & POINT_WAIT_CHANGE)
        return !c->m->stop_vain_rounds && spin_changed(c);
    if ((flags & POINT_DRAINED) && !tso_empty(c->m, core))
        return false;
    if ((flags & POINT_STORE) && tso_full(c->m, core)) {
        c->m->state->bounds |= BOUND_STORE_BUFFER;
        return false;
    }
    return !(flags & POINT_SLOT) || message_can_send(c->m, core);
}

/* At most points nothing but the core itself decides, or the room in its buffer; and without an APIC and
 * virtualization no event can come. This is asked before each step. */
static uint64_t enabled_cores(void *cpu)
{
    const struct cpu *p = cpu;
    bool events = p->apic || p->virt;
    unsigned always = POINT_ACCESS | POINT_PLAIN | POINT_RETURN | (events ? 0 : POINT_BOUNDARY);
    unsigned never = POINT_ENDED | (events ? 0 : POINT_WAIT_EVENT);
    uint64_t mask = 0;
    for (unsigned i = 0; i < p->m->cores; i++) {
        unsigned flags = p->core[i].exec.flags & ~always;
        if (!flags || (flags == POINT_STORE && !tso_full(p->m, i)) ||
            (!(flags & never) && enabled(cpu, i)))
            mask |= 1ull << i;
    }
    return mask;
}

static void next_access(const struct core *c, const struct access *a, struct footprint *fp)
{
    bool own_load = a->mode == ACCESS_READ && a->unit == c->id + 1;
    if (own_load && !tso_empty(c->m, c->id))
        tso_next_load(c->m, c->id, a, fp);
    else
        footprint_add_access(fp, *a);
}

/*
 * A step that could give way to an interrupt reads INTR, which every arrival changes. One that could
 * give way to an NMI alone reads UNIT_NMI, which the arrival of an NMI changes and that of another
 * message does not. It does so once an NMI has arrived at this core in some execution: before that
 * nothing depends on it, and as every message arrives in the end, an exploration in which one is
 * sent at all comes to that point, and begins anew.
 */
static void next_boundary(struct core *c, struct footprint *fp)
{
    if (interruptible(c))
        footprint_add(fp, resource_make(RES_INTR, c->id), ACCESS_READ);
    else if (is_observed(c) && nmi_open(c))
        footprint_add(fp, core_control(c->id, UNIT_NMI), ACCESS_READ);
}

static void next(void *cpu, unsigned core, struct footprint *fp)
{
    struct core *c = &((struct cpu *)cpu)->core[core];
    if (core_event_ready(c)) {
        unsigned flags;
        next_event(c, fp, &flags);
        if (flags & POINT_DRAINED)
            tso_order_after_drains(c->m, core, fp);
        return;
    }
    fp->events = c->exec.next->events;
    for (uint32_t i = 0; i < c->exec.next->count; i++)
        next_access(c, &c->exec.next->access[i], fp);
    for (unsigned left = *regions_entered(c); left; left &= left - 1)
        footprint_add(fp, region_resource(c->id, (unsigned)__builtin_ctz(left)), ACCESS_WRITE);
    if (c->exec.flags & POINT_DRAINED)
        tso_order_after_drains(c->m, core, fp);
    if (c->exec.flags & POINT_BOUNDARY)
        next_boundary(c, fp);
}

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
    .enabled = enabled,
    .enabled_cores = enabled_cores,
    .next = next,
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
    free(p);
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

static void run(void *argument)
{
    struct core *c = argument;
    uc_err e = uc_emu_start(c->uc, c->exec.jump_rip, 0, 0, 0);
    machine_find(c->m, FINDING_FAULT, "", "CPU%u: stopped at %#llx: %s", c->id,
                 (unsigned long long)c->exec.pc, uc_strerror(e));
    core_end(c);
}

bool cpu_setup_core(struct cpu *p, unsigned core, uint64_t rip, uint64_t rdi)
{
    struct core *c = &p->core[core];
    struct core_state *s = c->state;
    p->in_setup = true;
    s->cs = 0x08;
    s->ss = 0x10;
    s->cr0 = 0x80010033; /* PG, WP, NE, ET, MP, PE */
    s->cr4 = 0x20;       /* PAE */
    s->efer = 0xd00;     /* LMA, LME, NX */
    core_set_reg(c, UC_X86_REG_RDI, rdi);
    c->exec = (struct core_exec){.jump_rip = rip};
    coroutine_init(&c->coroutine, run, c);
    resume(c);
    return c->exec.flags & POINT_SETUP;
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
