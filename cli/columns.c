/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/columns.h"

#include <stdlib.h>
#include <string.h>

#include "sim/check.h"

enum { NUMBER_WIDTH = 4, GAP = 2, INDENT = 2, WIDTH_MIN = 24 };

static unsigned column_width(const struct story *s)
{
    unsigned width = (COLUMNS_WIDTH - NUMBER_WIDTH) / (s->columns ? s->columns : 1) - GAP;
    unsigned widest = (COLUMNS_WIDTH - NUMBER_WIDTH) / 2 - GAP; /* a lone CPU needs no more */
    if (width > widest)
        width = widest;
    return width < WIDTH_MIN ? WIDTH_MIN : width;
}

/* Trailing columns stay unprinted, so that no line ends in blanks. */
static void start_line(FILE *f, const struct story *s, unsigned column, unsigned number)
{
    if (number)
        fprintf(f, "%*u", NUMBER_WIDTH, number);
    else
        fprintf(f, "%*s", NUMBER_WIDTH, "");
    fprintf(f, "%*s", (int)(GAP + column * (column_width(s) + GAP)), "");
}

/* How much of `text` fits into `width`: up to the last blank, or all of a long word's room. */
static size_t fitting(const char *text, size_t width)
{
    if (strlen(text) <= width)
        return strlen(text);
    for (size_t n = width; n > width / 2; n--)
        if (text[n] == ' ')
            return n;
    return width;
}

struct cell {
    FILE *f;
    const struct story *story;
    unsigned column;
    unsigned number; /* of the step, printed on its first line */
};

static void print_wrapped(struct cell *c, unsigned indent, const char *text)
{
    while (*text) {
        size_t n = fitting(text, column_width(c->story) - indent);
        start_line(c->f, c->story, c->column, c->number);
        fprintf(c->f, "%*s%.*s\n", (int)indent, "", (int)n, text);
        c->number = 0;
        text += n;
        while (*text == ' ')
            text++;
        indent = indent < 2 * INDENT ? indent + INDENT : indent;
    }
}

static bool left_out(const struct story *s, const struct story_event *e)
{
    return e->scaffold || (s->brief && e->own && !e->remark[0]);
}

/* Does this event go on at the place of the one printed before it? Then the place is left out. */
static bool same_place(const struct story *s, unsigned index)
{
    const struct story_event *e = &s->event[index];
    while (index-- > 0) {
        const struct story_event *before = &s->event[index];
        if (left_out(s, before))
            continue;
        return before->column == e->column && !before->hardware && !strcmp(before->where, e->where);
    }
    return false;
}

static void print_core_event(struct cell *c, unsigned index, const char *action)
{
    const struct story_event *e = &c->story->event[index];
    char line[3 * STORY_LINE];
    if (!e->where[0] || same_place(c->story, index)) {
        print_wrapped(c, INDENT, action);
        return;
    }
    snprintf(line, sizeof line, "%s  %s", e->where, action);
    if (strlen(line) <= column_width(c->story)) {
        print_wrapped(c, 0, line);
        return;
    }
    print_wrapped(c, 0, e->where);
    print_wrapped(c, INDENT, action);
}

static void print_notes(struct cell *c, const struct story_event *e)
{
    char line[STEP_TEXT + 4];
    for (unsigned i = 0; i < e->step->note_count; i++) {
        snprintf(line, sizeof line, "-- %s", e->step->notes[i]);
        print_wrapped(c, 0, line);
    }
}

static void print_extras(struct cell *c, const struct story_event *e)
{
    char line[STORY_LINE + 16];
    const char *buffer = c->story->brief ? e->seen : e->buffer;
    if (e->remark[0]) {
        snprintf(line, sizeof line, "! %s", e->remark);
        print_wrapped(c, INDENT, line);
    }
    if (buffer[0] && !(e->step->forwarded)) {
        snprintf(line, sizeof line, "store buffer: %s", buffer);
        print_wrapped(c, INDENT, line);
    }
    print_notes(c, e);
}

static void print_action(struct cell *c, unsigned index)
{
    const struct story_event *e = &c->story->event[index];
    char action[2 * STORY_LINE];
    if (e->hardware) {
        snprintf(action, sizeof action, "~ %s", e->action);
        print_wrapped(c, 0, action);
        return;
    }
    snprintf(action, sizeof action, "%s%s%s", e->inlined, e->inlined[0] ? ": " : "", e->action);
    print_core_event(c, index, action);
}

bool columns_print_event(FILE *f, const struct story *s, unsigned index)
{
    const struct story_event *e = &s->event[index];
    struct cell cell = {f, s, e->column, e->number};
    if (!left_out(s, e)) {
        print_action(&cell, index);
        print_extras(&cell, e);
        return true;
    }
    cell.number = 0;
    print_notes(&cell, e);
    return e->step->note_count;
}

void columns_print_wrapped(FILE *f, const char *text)
{
    unsigned indent = 0;
    while (*text) {
        size_t n = fitting(text, COLUMNS_WIDTH - indent);
        fprintf(f, "%*s%.*s\n", (int)indent, "", (int)n, text);
        text += n;
        while (*text == ' ')
            text++;
        indent = 3;
    }
}

static void print_states(FILE *f, const struct story *s, const char *when, const uint8_t *ram)
{
    char text[4 * STORY_LINE], line[5 * STORY_LINE];
    story_states(s->session, ram, text, sizeof text);
    snprintf(line, sizeof line, "%s: %s", when, text);
    if (text[0])
        columns_print_wrapped(f, line);
}

void columns_print_head(FILE *f, const struct story *s)
{
    const struct machine *m = s->session->m;
    unsigned width = column_width(s);
    print_states(f, s, "at the start", m->memory.snapshot);
    fprintf(f, "\n%*s", NUMBER_WIDTH, "step");
    for (unsigned i = 0; i < s->columns; i++) {
        char name[32];
        agent_name(m, i < m->cores ? i : agent_of_device(m, i - m->cores), name, sizeof name);
        fprintf(f, "%*s%-*s", GAP, "", i + 1 < s->columns ? (int)width : 1, name);
    }
    fprintf(f, "\n%.*s", NUMBER_WIDTH, "----");
    for (unsigned i = 0; i < s->columns; i++) {
        fprintf(f, "%*s", GAP, "");
        for (unsigned k = 0; k < width; k++)
            fputc('-', f);
    }
    fputc('\n', f);
}

static void print_finding(FILE *f, const struct finding *found)
{
    char text[2 * STORY_LINE];
    snprintf(text, sizeof text, "=> %s%s%s: %s", finding_kind_name(found->kind),
             found->name[0] ? " " : "", found->name, found->message);
    columns_print_wrapped(f, text);
}

void columns_print_dropped(FILE *f, const struct machine *m, uint64_t dropped)
{
    char text[64 * STORY_PLACE]; /* room for every bit */
    size_t used = (size_t)snprintf(text, sizeof text, "also found, without room for more than the "
                                   "name");
    const char *comma = ": ";
    for (unsigned bit = 0; bit < 64 && used < sizeof text; bit++) {
        if (!(dropped >> bit & 1))
            continue;
        struct finding found = finding_of_bit(m, bit);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s%s%s", comma,
                                 finding_kind_name(found.kind), found.name[0] ? " " : "",
                                 found.name);
        comma = ", ";
    }
    if (dropped)
        columns_print_wrapped(f, text);
}

void columns_print_end(FILE *f, const struct story *s)
{
    fputc('\n', f);
    print_states(f, s, "at the end", s->session->m->memory.ram);
    for (unsigned i = 0; i < s->trace->finding_count; i++)
        print_finding(f, &s->trace->finding[i]);
    columns_print_dropped(f, s->session->m, s->trace->dropped);
}

void columns_print(FILE *f, const struct story *s)
{
    bool gap = false;
    columns_print_head(f, s);
    for (unsigned i = 0; i < s->count; i++) {
        bool out = left_out(s, &s->event[i]);
        if (gap && !out)
            fprintf(f, "%*s\n", NUMBER_WIDTH, "...");
        gap = (gap && out) || (out && !s->event[i].scaffold);
        columns_print_event(f, s, i);
    }
    columns_print_end(f, s);
}

int columns_of_variants(const struct scenario *s)
{
    size_t width = 12;
    for (unsigned i = 0; i < s->variants_count; i++)
        if (strlen(s->variants[i].name) > width)
            width = strlen(s->variants[i].name);
    return (int)width;
}

int columns_of_knobs(void)
{
    size_t width = 0;
    for (unsigned k = 0; k < KNOB_COUNT; k++)
        if (strlen(knob_table[k].name) > width)
            width = strlen(knob_table[k].name);
    return (int)width;
}
