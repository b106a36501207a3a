/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a litmus test on the cores of the simulator, all interleavings, and collects its final
 * states: first over everything that the test names, then over what herd7 would print.
 */
#define _GNU_SOURCE
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/litmus_internal.h"

/* ---- Sets of states, sorted as herd7 sorts them: by the first value that differs ---- */

struct state {
    unsigned width;
    uint64_t value[];
};

struct state_set {
    void *root; /* tsearch(3) */
    unsigned count;
};

static int compare_states(const void *left, const void *right)
{
    const struct state *a = left, *b = right;
    for (unsigned i = 0; i < a->width; i++)
        if (a->value[i] != b->value[i])
            return (int64_t)a->value[i] < (int64_t)b->value[i] ? -1 : 1;
    return 0;
}

static struct state *state_new(unsigned width)
{
    struct state *s = calloc(1, sizeof *s + width * sizeof *s->value);
    assert(s);
    s->width = width;
    return s;
}

/* Takes the state; it must not be used any more. */
static void set_add(struct state_set *set, struct state *s)
{
    struct state **node = tsearch(s, &set->root, compare_states);
    assert(node);
    if (*node == s)
        set->count++;
    else
        free(s);
}

/* ---- Collecting ---- */

struct collector {
    struct program *p;
    const struct litmus_test *t;
    unsigned at[LITMUS_ITEMS]; /* where each item's values begin in a state */
    unsigned width;
    struct state_set all, shown;
    unsigned shown_at[LITMUS_ITEMS], shown_width;
    unsigned begin[LITMUS_THREADS]; /* where each thread's own code begins ... */
    unsigned end[LITMUS_THREADS];   /* ... and ends; it is cut off a byte behind */
    bool endless, cut;
    unsigned stopped_line; /* where a thread stopped, not at its end; 0: none did */
};

static void place_items(struct collector *c)
{
    for (unsigned i = 0; i < c->t->items; i++) {
        unsigned width = litmus_item_width(c->t, &c->t->item[i]);
        c->at[i] = c->width;
        c->width += width;
        c->shown_at[i] = c->shown_width;
        c->shown_width += c->t->shown[i] ? width : 0;
    }
}

static uint64_t read_memory_value(const struct collector *c, const struct litmus_item *item,
                                  unsigned i)
{
    const struct litmus_location *l = &c->t->location[item->location];
    unsigned element = item->element >= 0 ? (unsigned)item->element : i;
    unsigned size = litmus_location_size(l);
    return program_memory(c->p, l->offset + element * size, size);
}

static void read_item(const struct collector *c, const struct litmus_item *item, uint64_t *value)
{
    const struct litmus_type *type = litmus_item_type(c->t, item);
    if (item->is_register) {
        *value = litmus_normal(type, program_register(c->p, item->thread, item->reg));
        return;
    }
    for (unsigned i = 0; i < litmus_item_width(c->t, item); i++)
        value[i] = litmus_normal(type, read_memory_value(c, item, i));
}

/* The line of the instruction at which thread i stands, as litmus_assemble() placed them. */
static unsigned line_of(const struct collector *c, unsigned i)
{
    const struct litmus_thread *t = &c->t->thread[i];
    unsigned offset = c->begin[i], position = (unsigned)program_position(c->p, i);
    while (offset < c->end[i] && t->insns) {
        for (unsigned j = 0; j < t->insns; j++) {
            if (t->insn[j].needs_pause)
                offset += program_insn(c->p, i, offset)->length;
            if (position <= offset)
                return t->insn[j].line;
            offset += program_insn(c->p, i, offset)->length;
        }
        offset += program_insn(c->p, i, offset)->length; /* the jump to the end */
    }
    return t->insns ? t->insn[t->insns - 1].line : 1;
}

/* Has each thread come to its end? If not, notes why. */
static bool all_ended(struct collector *c)
{
    bool ended = true;
    for (unsigned i = 0; i < c->t->threads; i++) {
        uint64_t position = program_position(c->p, i);
        if (position == c->end[i])
            continue;
        ended = false;
        if (position == c->end[i] + 1)
            c->cut = true;
        else if (!c->stopped_line)
            c->stopped_line = line_of(c, i);
    }
    return ended;
}

static void on_complete(void *context, struct machine *m)
{
    struct collector *c = context;
    if (!all_ended(c)) {
        c->endless |= !c->cut && !m->state->bounds;
        return;
    }
    struct state *s = state_new(c->width);
    for (unsigned i = 0; i < c->t->items; i++)
        read_item(c, &c->t->item[i], &s->value[c->at[i]]);
    set_add(&c->all, s);
}

/* ---- Printing ---- */

static char *print_state(const struct collector *c, const struct state *s, bool shown_only)
{
    const struct litmus_test *t = c->t;
    const unsigned *at = shown_only ? c->shown_at : c->at;
    const char *between = "";
    char *text;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    assert(f);
    for (unsigned i = 0; i < t->items; i++) {
        const struct litmus_item *item = &t->item[i];
        unsigned width = litmus_item_width(t, item);
        if (shown_only && !t->shown[i])
            continue;
        fputs(between, f);
        between = " ";
        litmus_print_item(f, t, item);
        fputs(width > 1 ? "={" : "=", f);
        for (unsigned j = 0; j < width; j++) {
            fputs(j ? "," : "", f);
            litmus_print_value(f, t, litmus_item_type(t, item), s->value[at[i] + j]);
        }
        fputs(width > 1 ? "};" : ";", f);
    }
    fclose(f);
    return text;
}

/* ---- From what the test names to what is shown ---- */

struct walk {
    struct collector *c;
    struct litmus_result *result;
};

static void project(const void *node, VISIT visit, void *context)
{
    struct walk *w = context;
    struct collector *c = w->c;
    const struct state *s = *(struct state *const *)node;
    if (visit != postorder && visit != leaf)
        return;
    w->result->all_states[w->result->all_state_count++] = print_state(c, s, false);
    struct state *shown = state_new(c->shown_width);
    for (unsigned i = 0; i < c->t->items; i++)
        if (c->t->shown[i])
            memcpy(&shown->value[c->shown_at[i]], &s->value[c->at[i]],
                   litmus_item_width(c->t, &c->t->item[i]) * sizeof *s->value);
    set_add(&c->shown, shown);
}

static void judge(const void *node, VISIT visit, void *context)
{
    struct walk *w = context;
    struct litmus_result *r = w->result;
    const struct state *s = *(struct state *const *)node;
    if (visit != postorder && visit != leaf)
        return;
    r->states[r->state_count++] = print_state(w->c, s, true);
    if (litmus_holds(w->c->t, s->value, w->c->shown_at))
        r->positive++;
    else
        r->negative++;
}

static void fill_result(struct collector *c, struct litmus_result *r)
{
    struct walk w = {c, r};
    r->all_states = calloc(c->all.count + 1, sizeof *r->all_states);
    assert(r->all_states);
    twalk_r(c->all.root, project, &w);
    r->states = calloc(c->shown.count + 1, sizeof *r->states);
    assert(r->states);
    twalk_r(c->shown.root, judge, &w);
    r->endless = c->endless;
    r->cut = c->cut;
    bool witness = (c->t->quantifier == LITMUS_FORALL ? r->negative : r->positive) > 0;
    r->ok = witness == (c->t->quantifier == LITMUS_EXISTS);
    r->decided = witness || litmus_complete(r);
}

/* ---- The machine ---- */

/* Registers get their initial values from moves before the test's own code. */
static unsigned begin_code(const struct litmus_test *t, unsigned thread, struct code *code)
{
    code->size = 0;
    for (unsigned r = 0; r < 16; r++) {
        const struct litmus_register *reg = &t->thread[thread].reg[r];
        if (r != 4) /* RSP: each core has its own stack */
            code_mov_long(code, r, reg->has_initial ? litmus_resolve(t, &reg->initial) : 0);
    }
    return code->size;
}

static void set_memory(struct program *p, const struct litmus_test *t)
{
    for (unsigned i = 0; i < t->locations; i++) {
        const struct litmus_location *l = &t->location[i];
        uint8_t bytes[LITMUS_ELEMENTS * 8] = {0};
        unsigned size = litmus_location_size(l);
        for (unsigned j = 0; j < l->elements; j++) {
            uint64_t value = litmus_resolve(t, &l->initial[j]);
            memcpy(bytes + j * size, &value, size);
        }
        program_initial(p, l->offset, bytes, litmus_location_bytes(l));
    }
}

static struct program *load(struct litmus_machines *machines, const struct litmus_test *t,
                            const struct code *code)
{
    struct program **p = &machines->program[t->threads];
    if (*p && !program_next(*p, code)) {
        program_free(*p);
        *p = NULL;
    }
    if (!*p) {
        *p = program_open_at(PROGRAM_BASE_LOW, t->threads, 0, machines->model);
        program_start(*p, code);
    }
    set_memory(*p, t);
    return *p;
}

/* ---- What may run ---- */

static bool belongs(const struct insn *in)
{
    switch ((enum insn_kind)in->kind) {
    case INSN_PLAIN: case INSN_LOCKED: case INSN_MFENCE: case INSN_SFENCE: case INSN_LFENCE:
    case INSN_PAUSE: case INSN_CPUID: case INSN_PUSHF:
        return true;
    default:
        return false;
    }
}

/* Each cell of the table is one instruction, so counting them finds the line. */
static bool check_code(const struct collector *c, struct litmus_error *e)
{
    const struct litmus_test *t = c->t;
    struct program *p = c->p;
    for (unsigned i = 0; i < t->threads; i++) {
        unsigned offset = c->begin[i];
        for (unsigned j = 0; j < t->thread[i].insns; j++) {
            const struct litmus_insn *source = &t->thread[i].insn[j];
            if (source->needs_pause)
                offset += program_insn(p, i, offset)->length; /* the pause before it */
            const struct insn *in = program_insn(p, i, offset);
            if (!belongs(in))
                return litmus_fail(e, source->line, "'%.80s': this instruction has no place in a "
                                   "litmus test, or the core does not know it", source->source);
            offset += in->length;
        }
    }
    return true;
}

static bool check_findings(const struct collector *c, const struct explore_result *r,
                           struct litmus_error *e)
{
    for (unsigned i = 0; i < r->finding_count; i++) {
        const struct finding *f = &r->finding[i].finding;
        if (f->kind != FINDING_LIVELOCK && f->kind != FINDING_DEADLOCK)
            return litmus_fail(e, c->stopped_line ? c->stopped_line : 1,
                               "the test cannot be run: %s", f->message);
    }
    return true;
}

/* ---- Running ---- */

bool litmus_run(struct litmus_machines *machines, struct litmus_test *t,
                const struct explore_options *options, struct litmus_result *r,
                struct litmus_error *e)
{
    struct code code[LITMUS_THREADS];
    struct collector c = {.t = t};
    struct explore_options o = *options;
    *r = (struct litmus_result){0};
    *e = (struct litmus_error){0};
    for (unsigned i = 0; i < t->threads; i++) {
        const struct code *own = &t->thread[i].code;
        c.begin[i] = begin_code(t, i, &code[i]);
        if (code[i].size + own->size > PROGRAM_CODE_MAX)
            return litmus_fail(e, t->thread[i].insn[0].line,
                               "P%u: %u bytes of code; %u are allowed", t->thread[i].number,
                               own->size, PROGRAM_CODE_MAX - c.begin[i]);
        code_bytes(&code[i], own->byte, own->size);
        c.end[i] = code[i].size - 2;
    }
    c.p = load(machines, t, code);
    if (!check_code(&c, e))
        return false;
    place_items(&c);
    o.raw = true;
    o.on_complete = on_complete;
    o.context = &c;
    explore(c.p->m, &o, &r->explored);
    bool ok = check_findings(&c, &r->explored, e);
    if (ok) {
        fill_result(&c, r);
    } else { /* Unicorn may not have got over the fault */
        program_free(c.p);
        machines->program[t->threads] = NULL;
    }
    tdestroy(c.all.root, free);
    tdestroy(c.shown.root, free);
    return ok;
}

static void free_texts(char **texts, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        free(texts[i]);
    free(texts);
}

void litmus_result_free(struct litmus_result *r)
{
    free_texts(r->states, r->state_count);
    free_texts(r->all_states, r->all_state_count);
    explore_result_free(&r->explored);
}

void litmus_machines_free(struct litmus_machines *machines)
{
    for (unsigned i = 0; i <= LITMUS_THREADS; i++)
        if (machines->program[i])
            program_free(machines->program[i]);
    *machines = (struct litmus_machines){.model = machines->model};
}

bool litmus_complete(const struct litmus_result *r)
{
    return !r->explored.bounds && !r->cut;
}

const char *litmus_kind(const struct litmus_test *t)
{
    static const char *const names[] = {"Allowed", "Forbidden", "Required"};
    return names[t->quantifier];
}

const char *litmus_observation(const struct litmus_result *r)
{
    return !r->positive ? "Never" : !r->negative ? "Always" : "Sometimes";
}
