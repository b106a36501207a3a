/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/differ.h"

#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#include "sim/message.h"
#include "sim/parallel.h"

/* ---- Machines: one of each size and model, with one program after the other ---- */

struct rig {
    struct program *p;
    struct lapic *lapic;
};

static struct rig rigs[SPEC_THREADS + 1][2][2]; /* by threads, model, with an APIC or without */
static struct rig *loaded;
static struct spec spec; /* on `loaded` */
static struct outcome *reached;

static bool sends(const struct op_list *list)
{
    for (unsigned i = 0; i < list->count; i++)
        if (list->op[i].kind == OP_SEND)
            return true;
    return false;
}

/* Without an APIC all races are about memory, and `optimal` keeps its trees. */
static bool needs_apic(const struct spec *s)
{
    bool needed = s->looks;
    for (unsigned t = 0; t < s->threads; t++)
        needed |= sends(&s->thread[t]);
    return needed;
}

static void make_rig(struct rig *r, const struct spec *s)
{
    struct code end[SPEC_THREADS], handler[SPEC_HANDLERS];
    for (unsigned t = 0; t < s->threads; t++) {
        end[t].size = 0;
        code_end(&end[t]);
    }
    for (unsigned h = 0; h < SPEC_HANDLERS; h++)
        spec_handler(s, h, &handler[h]);
    r->p = program_open(s->threads, 0, s->model);
    if (needs_apic(s))
        r->lapic = interrupts_enable(r->p, &handler[0], &handler[1]);
    program_start(r->p, end);
}

/* A handler of another program is at another address: Unicorn keeps what it has translated. */
static void place_handler(struct program *p, unsigned vector, uint8_t ist, const struct code *c)
{
    uint64_t gate = p->cpu->core[0].state->idt_base - PROGRAM_BASE + 16 * vector;
    uint64_t target = PROGRAM_BASE + p->next_code;
    uint16_t low = (uint16_t)target, middle = (uint16_t)(target >> 16);
    uint32_t high = (uint32_t)(target >> 32);
    cpu_setup_write(p->cpu, p->next_code, c->byte, c->size);
    cpu_setup_write(p->cpu, gate, &low, 2); /* SDM vol. 3, 6.14.1 */
    cpu_setup_write(p->cpu, gate + 4, &ist, 1);
    cpu_setup_write(p->cpu, gate + 6, &middle, 2);
    cpu_setup_write(p->cpu, gate + 8, &high, 4);
    p->next_code += (c->size + 63) & ~63u;
}

static bool place_program(struct program *p, const struct spec *s)
{
    static const unsigned vector[SPEC_HANDLERS] = {INTERRUPT_LOW, INTERRUPT_HIGH};
    struct code c[SPEC_THREADS];
    if (p->next_code + (SPEC_HANDLERS + SPEC_THREADS) * PROGRAM_CODE_MAX > PROGRAM_RAM)
        return false;
    for (unsigned h = 0; h < SPEC_HANDLERS && needs_apic(s); h++) {
        spec_handler(s, h, &c[h]);
        place_handler(p, vector[h], !s->nesting, &c[h]);
    }
    for (unsigned t = 0; t < s->threads; t++)
        spec_thread(s, t, &c[t]);
    return program_next(p, c);
}

/* ---- What has been reached ---- */

static uint64_t reg64(struct program *p, unsigned core, unsigned reg)
{
    static const int number[] = {UC_X86_REG_R8, UC_X86_REG_R9, UC_X86_REG_R10, UC_X86_REG_R11,
                                 UC_X86_REG_R12, UC_X86_REG_R13, UC_X86_REG_R14, UC_X86_REG_R15};
    return core_reg(&p->cpu->core[core], number[reg - 8]);
}

/* With more to be seen the exploration begins anew, and regions may begin elsewhere. */
static void forget_states(struct outcome *o, const struct machine *m)
{
    if (o->visible == m->visibility.frozen && o->observed == m->observed_core)
        return;
    o->visible = m->visibility.frozen;
    o->observed = m->observed_core;
    o->count = 0;
    memset(o->state, 0, sizeof o->state);
}

static void add_state(struct outcome *o, const struct machine *m, const uint64_t *value, unsigned count)
{
    uint64_t hash = XXH3_64bits(value, count * sizeof *value) | 1;
    forget_states(o, m);
    unsigned i = (unsigned)(hash % OUTCOME_SLOTS);
    while (o->state[i] && o->state[i] != hash)
        i = (i + 1) % OUTCOME_SLOTS;
    if (o->state[i])
        return;
    if (o->count == OUTCOME_SLOTS / 2) {
        o->incomplete = true;
        return;
    }
    o->state[i] = hash;
    o->count++;
}

/* ---- What must hold: nearly random, so that every combination of values counts ---- */

static bool invariant_holds(void *context, struct machine *m, struct footprint *fp, char *message,
                            size_t size)
{
    const struct spec_invariant *inv = context;
    uint64_t value[3] = {0};
    for (unsigned i = 0; i < inv->places; i++)
        value[i] = memory_read(&m->memory, PROGRAM_DATA + inv->place[i].offset,
                               inv->place[i].size);
    (void)fp; /* of every step: all of them conflict */
    snprintf(message, size, "a combination that is not allowed");
    return XXH3_64bits_withSeed(value, sizeof value, inv->salt) % inv->modulus;
}

/* ---- Looks, as a region is left ---- */

static uint64_t ask_vector(const struct machine *m, struct footprint *fp, const struct question *q)
{
    bool at_core = q->kind != ASK_FLYING, coming = q->kind != ASK_PENDING, yes = false;
    if (at_core) {
        footprint_add(fp, resource_make(RES_INTR, q->core), ACCESS_READ);
        yes |= lapic_irr(loaded->lapic, q->core, q->vector);
    }
    if (coming) {
        footprint_add(fp, resource_make(RES_INBOUND, q->core), ACCESS_READ);
        yes |= message_in_flight(m, q->vector, q->core);
    }
    return yes;
}

static uint64_t ask_regions(const struct machine *m, struct footprint *fp, const struct question *q)
{
    bool yes = false;
    for (unsigned i = 0; i < m->cores; i++)
        for (unsigned left = i == q->core ? 0 : q->regions; left; left &= left - 1) {
            footprint_add(fp, region_resource(i, (unsigned)__builtin_ctz(left)), ACCESS_READ);
            yes |= m->state->regions[i] & left & -left;
        }
    return yes;
}

static uint64_t ask(const struct machine *m, struct footprint *fp, const struct question *q)
{
    uint64_t at = PROGRAM_DATA + q->place.offset;
    switch ((enum question_kind)q->kind) {
    case ASK_MEMORY:
        footprint_add_memory(fp, at, q->place.size, ACCESS_READ, 0);
        return memory_read(&m->memory, at, q->place.size);
    case ASK_REGIONS:
        return ask_regions(m, fp, q);
    case ASK_SENDING:
        return message_sent_in(m, fp, q->vector, q->core);
    default:
        return ask_vector(m, fp, q);
    }
}

static bool is_drain(const struct footprint *fp)
{
    for (uint32_t k = 0; k < fp->count; k++)
        if (fp->access[k].store && fp->access[k].mode == ACCESS_WRITE)
            return true;
    return false;
}

/* All that is known to the core which leaves the region, and the answers: the same in all orders of
 * independent steps, so it is reached by all explorations or by none. While its store is drained the
 * core may have gone on. */
static void add_observation(const struct machine *m, const struct spec_look *look,
                            const struct footprint *fp, uint64_t answers)
{
    uint64_t value[2 + SPEC_RESULTS] = {answers};
    for (unsigned i = 0; i < m->cores; i++)
        for (uint32_t k = 0; k < fp->count; k++)
            if (fp->access[k].resource == region_resource(i, look->region) &&
                fp->access[k].mode == ACCESS_WRITE)
                value[1] = 1 + i;
    for (unsigned i = 0; value[1] && !is_drain(fp) && i < SPEC_RESULTS; i++)
        value[2 + i] = reg64(loaded->p, (unsigned)value[1] - 1, SPEC_FIRST_RESULT + i);
    if (!m->observed_more && !m->visibility.found)
        add_state(reached, m, value, sizeof value / sizeof *value);
}

/* Nearly random again; one answer in four is the last, so what is read depends on what was read. */
static bool look_holds(void *context, struct machine *m, struct footprint *fp, char *message,
                       size_t size)
{
    const struct spec_look *look = context;
    uint64_t known = look->salt;
    snprintf(message, size, "answers that are not allowed");
    for (unsigned k = 0; k < look->questions; k++) {
        uint64_t answer = ask(m, fp, &look->question[k]);
        known = XXH3_64bits_withSeed(&answer, sizeof answer, known);
        if (!(known >> 32 & 3))
            break;
    }
    add_observation(m, look, fp, known);
    return known % look->modulus;
}

static void add_look(struct machine *m, struct spec_look *look, const char *name)
{
    struct invariant inv = {.name = name, .context = look, .holds = look_holds,
                            .events = (uint32_t)EVENT_REGION_LEAVE << look->region};
    for (unsigned k = 0; k < look->questions; k++) {
        const struct question *q = &look->question[k];
        if (q->kind == ASK_MEMORY)
            inv.ranges[inv.range_count++] =
                (struct visible_range){PROGRAM_DATA + q->place.offset, q->place.size};
        if (q->kind == ASK_REGIONS)
            m->region_watch |= q->regions;
    }
    machine_add_invariant(m, &inv);
}

static bool obligation_met(void *context, struct machine *m, char *message, size_t size)
{
    const struct spec *s = context;
    snprintf(message, size, "a final state that is not allowed");
    return XXH3_64bits(m->memory.ram + PROGRAM_DATA, 8 * SPEC_CELLS) % s->obligation;
}

static void add_invariants(struct machine *m)
{
    static const char *const names[SPEC_INVARIANTS] = {"first", "second", "third"};
    static const char *const look_names[SPEC_LOOKS] = {"look 1", "look 2", "look 3"};
    m->invariant_count = m->obligation_count = 0;
    m->region_watch = 0;
    for (unsigned i = 0; i < spec.invariants; i++) {
        struct spec_invariant *from = &spec.invariant[i];
        struct invariant inv = {.name = names[i], .context = from, .every_step = true,
                                .range_count = from->places, .holds = invariant_holds};
        for (unsigned p = 0; p < from->places; p++)
            inv.ranges[p] = (struct visible_range){PROGRAM_DATA + from->place[p].offset,
                                                   from->place[p].size};
        machine_add_invariant(m, &inv);
    }
    for (unsigned i = 0; i < spec.looks; i++)
        add_look(m, &spec.look[i], look_names[i]);
    struct obligation o = {"obligation", &spec, obligation_met};
    if (spec.obligation)
        machine_add_obligation(m, &o);
}

static void forget_visible(struct machine *m)
{
    visible_reset(&m->visibility, NULL, 0);
    for (unsigned i = 0; i < m->invariant_count; i++)
        for (unsigned r = 0; r < m->invariant[i].range_count; r++)
            visible_add(&m->visibility, m->invariant[i].ranges[r].address,
                        m->invariant[i].ranges[r].size);
}

struct program *differ_load(const struct spec *s)
{
    loaded = &rigs[s->threads][s->model][needs_apic(s)];
    spec = *s;
    if (!loaded->p || !place_program(loaded->p, s)) {
        make_rig(loaded, s);
        bool room = place_program(loaded->p, s);
        assert(room);
        (void)room;
    }
    add_invariants(loaded->p->m);
    return loaded->p;
}

/* ---- Final states ---- */

/* Of a wait of one round that failed: might it have succeeded later? */
static bool condition_holds(const struct machine *m, const struct op *op)
{
    uint64_t first = memory_read(&m->memory, PROGRAM_DATA + op->place.offset, op->place.size);
    uint64_t second = memory_read(&m->memory, PROGRAM_DATA + op->second.offset, op->second.size);
    switch ((enum wait_kind)op->wait) {
    case WAIT_EQUAL: return first == second;
    case WAIT_BOTH: case WAIT_SNAPSHOT: return first == op->value && second == op->value;
    case WAIT_TAS: case WAIT_LOCK: case WAIT_CMPXCHG: return first == 0;
    default: return first == op->value;
    }
}

static void on_complete(void *context, struct machine *m)
{
    uint64_t value[SPEC_CELLS + SPEC_THREADS * (SPEC_RESULTS + 1)] = {0};
    unsigned n = SPEC_CELLS;
    memcpy(value, m->memory.ram + PROGRAM_DATA, 8 * SPEC_CELLS);
    for (unsigned t = 0; t < m->cores; t++) {
        uint64_t failed = spec.assume ? reg64(loaded->p, t, 15) : 0;
        if (failed && condition_holds(m, &spec.thread[t].op[failed - 1]))
            return; /* it would have been released: no final state */
        value[n++] = failed || m->core_ops->spinning(m->cpu, t);
        for (unsigned i = 0; i < SPEC_RESULTS; i++)
            value[n++] = reg64(loaded->p, t, SPEC_FIRST_RESULT + i);
    }
    add_state(context, m, value, sizeof value / sizeof *value);
}

static bool contains(const struct outcome *o, uint64_t hash)
{
    unsigned i = (unsigned)(hash % OUTCOME_SLOTS);
    while (o->state[i] && o->state[i] != hash)
        i = (i + 1) % OUTCOME_SLOTS;
    return o->state[i];
}

bool differ_equal(const struct outcome *a, const struct outcome *b, uint64_t findings)
{
    if (a->count != b->count || ((a->findings ^ b->findings) & findings))
        return false;
    for (unsigned i = 0; i < OUTCOME_SLOTS; i++)
        if (a->state[i] && !contains(b, a->state[i]))
            return false;
    return true;
}

/* ---- Exploring ---- */

static void explore_parts(const struct explore_options *options, uint64_t budget,
                          struct explore_result *r)
{
    struct machine *m = loaded->p->m;
    struct parallel_options how = {.jobs = 1};
    struct partition parts = {.budget = budget};
    char error[200];
    partition_begin(&parts, m);
    bool ok = parallel_explore(m, options, &how, &parts, r, error, sizeof error);
    assert(ok);
    partition_free(&parts);
}

void differ_explore(const struct exploration *e, struct outcome *o)
{
    struct machine *m = loaded->p->m;
    struct explore_options options = {
        .algorithm = e->algorithm, .max_executions = e->limit, .every_round = e->every_round,
        .raw = true, .on_complete = on_complete, .context = o};
    assert(e->assume == spec.assume);
    memset(o, 0, sizeof *o);
    reached = o;
    forget_visible(m);
    m->every_boundary = e->every_boundary;
    m->observed_core = 0;
    if (e->budget)
        explore_parts(&options, e->budget, &o->result);
    else
        explore(m, &options, &o->result);
    o->incomplete |= o->result.bounds != 0;
    o->findings = o->result.dropped;
    for (unsigned i = 0; i < o->result.finding_count; i++) {
        const struct finding *f = &o->result.finding[i].finding;
        o->findings |= 1ull << finding_bit(m, f->kind, f->name);
    }
    explore_result_free(&o->result);
}

void differ_shrink(struct spec *s, bool (*differs)(const struct spec *, void *), void *context)
{
    struct spec less;
    for (unsigned n = 0; spec_without(s, n, &less);) {
        if (differs(&less, context)) {
            *s = less;
            n = 0;
        } else {
            n++;
        }
    }
}

double differ_long_run(void)
{
    const char *text = getenv("IRQWEAVE_PROPERTY_SECONDS");
    return text ? strtod(text, NULL) : 0;
}
