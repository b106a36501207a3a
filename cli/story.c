/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/story.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A store buffer as the trace implies it: what was written and has not been drained. */
struct shadow_buffer {
    struct store entry[STORE_BUFFER_MAX];
    bool own[STORE_BUFFER_MAX]; /* as struct story_event */
    unsigned count;
};

struct builder {
    struct story *story;
    const struct session *session;
    struct machine *m;
    struct shadow_buffer buffer[MACHINE_MAX_CORES];
    bool ended[MACHINE_MAX_CORES]; /* the core's thread has: it only idles */
    bool shown[MACHINE_MAX_CORES]; /* a load has been shown with the buffer as it is now */
};

static void add(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add(char *text, size_t size, const char *format, ...)
{
    size_t used = strlen(text);
    va_list ap;
    va_start(ap, format);
    vsnprintf(text + used, size - used, format, ap);
    va_end(ap);
}

static void add_assignment(const struct builder *b, char *text, size_t size, uint64_t address,
                           unsigned bytes, uint64_t value)
{
    char name[SYMBOL_TEXT], meaning[SYMBOL_TEXT];
    symbolise_address(b->session, address, name, sizeof name);
    symbolise_value(b->session, address, bytes, value, meaning, sizeof meaning);
    add(text, size, "%s = %s", name, meaning);
}

/* ---- Store buffers ---- */

static void push(struct shadow_buffer *sb, const struct story_event *e)
{
    const struct step *s = e->step;
    if (sb->count == STORE_BUFFER_MAX)
        return;
    sb->own[sb->count] = e->own;
    sb->entry[sb->count++] = (struct store){s->address, s->value, s->pc, s->size, 0, 0};
}

static void pop(struct shadow_buffer *sb)
{
    if (!sb->count)
        return;
    sb->count--;
    memmove(&sb->entry[0], &sb->entry[1], sb->count * sizeof sb->entry[0]);
    memmove(&sb->own[0], &sb->own[1], sb->count * sizeof sb->own[0]);
}

static void describe_buffer(const struct builder *b, unsigned core, struct story_event *e)
{
    const struct shadow_buffer *sb = &b->buffer[core];
    for (unsigned i = 0; i < sb->count; i++) {
        char text[STORY_LINE] = "";
        add_assignment(b, text, sizeof text, sb->entry[i].address, sb->entry[i].size, sb->entry[i].value);
        add(e->buffer, sizeof e->buffer, "%s%s", e->buffer[0] ? ", " : "", text);
        if (!sb->own[i])
            add(e->seen, sizeof e->seen, "%s%s", e->seen[0] ? ", " : "", text);
    }
}

/* A load that misses what another core has written but not made visible: the heart of most
 * store-buffer bugs. */
static void remark_stale(const struct builder *b, unsigned core, struct story_event *e)
{
    const struct step *s = e->step;
    for (unsigned i = 0; i < b->m->cores; i++) {
        const struct shadow_buffer *sb = &b->buffer[i];
        for (unsigned k = 0; i != core && k < sb->count; k++) {
            const struct store *w = &sb->entry[k];
            if (w->address >= s->address + s->size || s->address >= w->address + w->size)
                continue;
            e->remark[0] = 0;
            add(e->remark, sizeof e->remark, "not seen, in CPU%u's store buffer: ", i);
            add_assignment(b, e->remark, sizeof e->remark, w->address, w->size, w->value);
        }
    }
}

/* ---- What a step did ---- */

/* Words that say no more than the address and value do. */
static bool says_nothing(const char *text)
{
    static const char *const words[] = {"reads", "writes", "locked", "microcode reads",
                                        "microcode writes", "microcode locked",
                                        "the store reaches memory"};
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(text, words[i]))
            return true;
    return text[0] == 0;
}

/* The parts of the step's own text, "; " between them, without those that say nothing. */
static void add_own_words(const struct step *s, char *text, size_t size)
{
    char copy[STEP_TEXT];
    snprintf(copy, sizeof copy, "%s", s->text);
    for (char *part = copy; part;) {
        char *next = strstr(part, "; ");
        if (next) {
            *next = 0;
            next += 2;
        }
        if (!says_nothing(part))
            add(text, size, "%s%s", text[0] ? "; " : "", part);
        part = next;
    }
}

static bool is_stack(const char *name)
{
    return !strncmp(name, "boot_stacks", 11) || strstr(name, ".stack[");
}

static void describe_rmw(const struct builder *b, const struct step *s, char *text, size_t size)
{
    char name[SYMBOL_TEXT], old[SYMBOL_TEXT], value[SYMBOL_TEXT];
    symbolise_address(b->session, s->address, name, sizeof name);
    symbolise_value(b->session, s->address, s->size, s->old, old, sizeof old);
    symbolise_value(b->session, s->address, s->size, s->value, value, sizeof value);
    if (s->old == s->value && is_stack(name))
        add(text, size, "full barrier (a locked access to the stack)");
    else if (s->old == s->value)
        add(text, size, "locked: %s stays %s", name, old);
    else
        add(text, size, "locked: %s %s -> %s", name, old, value);
}

static void describe_access(const struct builder *b, const struct step *s, char *text, size_t size)
{
    if (s->address == ~0ull)
        return;
    switch (s->action) {
    case STEP_LOAD:
        add(text, size, "reads ");
        add_assignment(b, text, size, s->address, s->size, s->value);
        add(text, size, "%s", s->forwarded ? " (from its own store buffer)" : "");
        break;
    case STEP_STORE:
        add(text, size, "writes ");
        add_assignment(b, text, size, s->address, s->size, s->value);
        break;
    case STEP_RMW:
        describe_rmw(b, s, text, size);
        break;
    case STEP_DRAIN:
        add(text, size, "store reaches memory: ");
        add_assignment(b, text, size, s->address, s->size, s->value);
        break;
    default: /* the step's own words say it */
        break;
    }
}

static void describe_action(const struct builder *b, struct story_event *e)
{
    describe_access(b, e->step, e->action, sizeof e->action);
    add_own_words(e->step, e->action, sizeof e->action);
}

/* ---- Who and where ---- */

static unsigned column_of(const struct builder *b, const struct step *s, enum agent_kind kind,
                          unsigned index)
{
    unsigned target = 0;
    const char *arrow = strstr(s->text, "arrives at CPU");
    if (kind == AGENT_DEVICE)
        return b->m->cores + index;
    if (kind != AGENT_MESSAGE)
        return index;
    if (arrow && sscanf(arrow, "arrives at CPU%u", &target) == 1 && target < b->m->cores)
        return target;
    return 0;
}

static void find_place(const struct builder *b, uint64_t pc, struct story_event *e)
{
    if (!pc)
        return;
    image_place(&b->session->image, pc, &e->place);
    symbolise_place(&e->place, e->where, sizeof e->where, e->inlined, sizeof e->inlined);
}

static void follow_buffers(struct builder *b, enum agent_kind kind, unsigned index,
                           struct story_event *e)
{
    const struct step *s = e->step;
    if (kind == AGENT_BUFFER) {
        struct shadow_buffer *sb = &b->buffer[index];
        if (!s->pc && sb->count)
            find_place(b, sb->entry[0].pc, e);
        pop(sb);
    }
    if (kind != AGENT_CORE)
        return;
    if (s->action == STEP_STORE && b->m->model == MEMORY_TSO &&
        s->buffered > b->buffer[index].count)
        push(&b->buffer[index], e);
    if (s->action == STEP_LOAD && !s->forwarded)
        remark_stale(b, index, e);
    if (s->action == STEP_STORE || (s->action == STEP_LOAD && !b->shown[index]))
        describe_buffer(b, index, e);
    b->shown[index] = s->action == STEP_LOAD;
}

/* Behind the end of its thread a core enables interrupts and halts: nothing to tell. */
static void follow_end(struct builder *b, unsigned core, struct story_event *e)
{
    if (e->step->action == STEP_END) {
        b->ended[core] = true;
        snprintf(e->action, sizeof e->action, "the thread has ended");
        e->where[0] = e->inlined[0] = 0;
    } else if (e->step->action == STEP_DELIVER) {
        b->ended[core] = false;
    } else if (b->ended[core]) {
        e->scaffold |= e->step->action == STEP_INTERRUPTS || e->step->action == STEP_HALT;
    }
}

/* A barrier is no access to what it locks, device registers are no memory, and what changes a state that the scenario
 * names is always told. */
static bool is_own(const struct builder *b, const struct step *s, const char *action)
{
    bool changes = s->action == STEP_STORE || s->action == STEP_RMW || s->action == STEP_DRAIN;
    if (s->met || (s->action != STEP_LOAD && !changes) || s->address >= b->m->memory.size)
        return false;
    if (!strncmp(action, "full barrier", 12))
        return false;
    return !changes || !symbolise_is_described(b->session, s->address);
}

static void build_event(struct builder *b, unsigned number, const struct step *s,
                        struct story_event *e)
{
    unsigned index;
    enum agent_kind kind = agent_kind_of(b->m, s->agent, &index);
    e->step = s;
    e->number = number;
    e->column = column_of(b, s, kind, index);
    e->hardware = kind != AGENT_CORE;
    agent_name(b->m, s->agent, e->agent, sizeof e->agent);
    find_place(b, s->pc, e);
    describe_action(b, e);
    e->own = is_own(b, s, e->action);
    follow_buffers(b, kind, index, e);
    if (kind == AGENT_CORE)
        follow_end(b, index, e);
}

void story_build(struct story *story, const struct session *session, const struct trace *trace)
{
    struct builder *b = calloc(1, sizeof *b);
    *story = (struct story){.session = session, .trace = trace};
    story->event = calloc(trace->count + 1, sizeof *story->event);
    assert(b && story->event);
    b->story = story;
    b->session = session;
    b->m = session->m;
    story->columns = b->m->cores + b->m->devices;
    for (; story->count < trace->count; story->count++)
        build_event(b, story->count + 1, &trace->step[story->count], &story->event[story->count]);
    free(b);
}

void story_free(struct story *story)
{
    free(story->event);
    *story = (struct story){0};
}

void story_states(const struct session *s, const uint8_t *ram, char *text, size_t size)
{
    const char *comma = "";
    text[0] = 0;
    for (unsigned i = 0; i < s->scenario->states_count; i++) {
        const struct image_state *state = image_state(&s->image, s->scenario->states[i].name);
        char meaning[SYMBOL_TEXT];
        uint64_t value = 0;
        if (!state || state->size > 8)
            continue;
        memcpy(&value, ram + state->address, state->size);
        symbolise_value(s, state->address, (unsigned)state->size, value, meaning, sizeof meaning);
        add(text, size, "%s%s = %s", comma, state->name, meaning);
        comma = ", ";
    }
}
