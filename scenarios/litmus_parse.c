/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A litmus test from its text: the first line, the table of threads, and the order of the parts.
 *
 *     X86 SB
 *     { x=0; y=0; }
 *      P0          | P1          ;
 *      MOV [x],$1  | MOV [y],$1  ;
 *      MOV EAX,[y] | MOV EAX,[x] ;
 *     exists (0:EAX=0 /\ 1:EAX=0)
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "scenarios/litmus_internal.h"
#include "sim/grow.h"

/* ---- The first line ---- */

static size_t word_length(const char *p)
{
    return strcspn(p, " \t\r\n");
}

static bool parse_title(struct scanner *s, struct litmus_test *t, const char *fallback)
{
    scan_space(s);
    size_t length = word_length(s->at);
    if (length == 3 && !strncasecmp(s->at, "X86", 3))
        t->arch = LITMUS_X86;
    else if (length == 6 && !strncasecmp(s->at, "X86_64", 6))
        t->arch = LITMUS_X86_64;
    else if (!length)
        return scan_fail(s, "an empty file; 'X86 NAME' or 'X86_64 NAME' starts a test");
    else
        return scan_fail(s, "architecture '%.*s'; 'X86 NAME' or 'X86_64 NAME' starts a test",
                         (int)(length < 20 ? length : 20), s->at);
    s->at += length;
    s->at += strspn(s->at, " \t\r");
    length = word_length(s->at);
    if (!length)
        return scan_fail(s, "the name of the test is expected behind the architecture");
    t->name = length == 2 && !strncmp(s->at, "--", 2) ? strdup(fallback) : strndup(s->at, length);
    assert(t->name);
    s->at += strcspn(s->at, "\n");
    return true;
}

static bool find_init(struct scanner *s)
{
    for (; *s->at && *s->at != '{'; s->at++)
        s->line += *s->at == '\n';
    return scan_accept(s, "{") || scan_fail(s, "no initial state; '{ }' is the empty one");
}

/* Behind the brace that closes the initial state. */
static bool skip_init(struct scanner *s)
{
    unsigned depth = 1, line = s->line;
    for (; *s->at && depth; s->at++) {
        s->line += *s->at == '\n';
        depth += *s->at == '{';
        depth -= *s->at == '}';
    }
    return !depth || litmus_fail(s->error, line, "the initial state does not end; '}' closes it");
}

/* ---- Rows ---- */

enum row_end { ROW_SEMICOLON, ROW_KEYWORD /* or the end of the file */ };

struct row {
    unsigned columns; /* of which the first LITMUS_THREADS are kept */
    char *cell[LITMUS_THREADS];
    unsigned line[LITMUS_THREADS];
    enum row_end end;
};

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static bool at_keyword(const char *p, const char *start)
{
    static const char *const words[] = {"exists", "forall", "final", "locations", "filter",
                                        "observed"};
    if (*p == '~')
        return true;
    if (p > start && is_word(p[-1]))
        return false;
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        size_t length = strlen(words[i]);
        if (!strncmp(p, words[i], length) && !is_word(p[length]))
            return true;
    }
    return false;
}

/* "lock ; incl (x)" is one instruction: does the cell so far end with "lock"? */
static bool ends_with_lock(const char *start, const char *end)
{
    while (end > start && isspace((unsigned char)end[-1]))
        end--;
    return end - start >= 4 && !strncasecmp(end - 4, "lock", 4) &&
           (end - start == 4 || !is_word(end[-5]));
}

static size_t cell_length(const char *start)
{
    const char *p = start;
    while (*p && *p != '|' && !at_keyword(p, start) && !(*p == ';' && !ends_with_lock(start, p)))
        p++;
    return (size_t)(p - start);
}

/* A copy with single lines and no blanks at its ends. */
static char *copy_cell(const char *start, size_t length)
{
    while (length && isspace((unsigned char)*start)) {
        start++;
        length--;
    }
    while (length && isspace((unsigned char)start[length - 1]))
        length--;
    char *copy = strndup(start, length);
    assert(copy);
    for (char *c = copy; *c; c++)
        if (*c == ';' || isspace((unsigned char)*c))
            *c = ' ';
    return copy;
}

static void add_cell(struct scanner *s, struct row *r)
{
    scan_space(s);
    unsigned line = s->line;
    size_t length = cell_length(s->at);
    if (r->columns < LITMUS_THREADS) {
        r->line[r->columns] = line;
        r->cell[r->columns] = copy_cell(s->at, length);
    }
    r->columns++;
    for (; length; length--)
        s->line += *s->at++ == '\n';
}

static void read_row(struct scanner *s, struct row *r)
{
    memset(r, 0, sizeof *r);
    do {
        add_cell(s, r);
    } while (*s->at == '|' && s->at++);
    r->end = *s->at == ';' ? ROW_SEMICOLON : ROW_KEYWORD;
    s->at += r->end == ROW_SEMICOLON;
}

static void free_row(struct row *r)
{
    for (unsigned i = 0; i < r->columns && i < LITMUS_THREADS; i++)
        free(r->cell[i]);
}

static bool row_is_empty(const struct row *r)
{
    return r->columns == 1 && !*r->cell[0];
}

/* ---- Threads ---- */

static bool add_thread(struct litmus_test *t, const char *cell, unsigned line,
                       struct litmus_error *e)
{
    char *end = NULL;
    unsigned long number = 0;
    if (cell[0] == 'P' && isdigit((unsigned char)cell[1]))
        number = strtoul(cell + 1, &end, 10);
    if (!end || *end || number > 999)
        return litmus_fail(e, line, "'%.30s' in the first row; 'P0 | P1 ;' is right", cell);
    for (unsigned i = 0; i < t->threads; i++)
        if (t->thread[i].number == number)
            return litmus_fail(e, line, "P%lu has two columns", number);
    t->thread[t->threads++].number = (unsigned)number;
    return true;
}

static bool add_threads(struct litmus_test *t, const struct row *r, struct litmus_error *e)
{
    if (r->end == ROW_KEYWORD)
        return litmus_fail(e, r->line[0], "no table of threads; 'P0 | P1 ;' is its first row, and "
                                          "';' ends each");
    if (r->columns > LITMUS_THREADS)
        return litmus_fail(e, r->line[0], "%u threads; %d are allowed", r->columns, LITMUS_THREADS);
    for (unsigned i = 0; i < r->columns; i++)
        if (!add_thread(t, r->cell[i], r->line[i], e))
            return false;
    return true;
}

static bool parse_threads(struct scanner *s, struct litmus_test *t)
{
    struct row r;
    while (scan_accept(s, ";"))
        ;
    read_row(s, &r);
    bool ok = add_threads(t, &r, s->error);
    free_row(&r);
    return ok;
}

/* ---- Cells ---- */

static bool add_label(struct litmus_thread *thread, const char *name, unsigned line,
                      struct litmus_error *e)
{
    for (unsigned i = 0; i < thread->labels; i++)
        if (!strcmp(thread->label[i].name, name))
            return litmus_fail(e, line, "P%u: a second label '%.40s'", thread->number, name);
    if (thread->labels == LITMUS_LABELS)
        return litmus_fail(e, line, "P%u: more than %d labels", thread->number, LITMUS_LABELS);
    struct litmus_label *l = &thread->label[thread->labels++];
    snprintf(l->name, sizeof l->name, "%s", name);
    l->insn = thread->insns;
    return true;
}

/* "L1: mov ...": returns what stands behind the labels, NULL if one is wrong. */
static char *take_labels(struct litmus_thread *thread, char *cell, unsigned line,
                         struct litmus_error *e)
{
    for (;;) {
        struct scanner s = {cell, line, e};
        char name[LITMUS_NAME];
        if (!scan_name(&s, name) || !scan_accept(&s, ":"))
            return e->text[0] ? NULL : cell + strspn(cell, " ");
        if (!add_label(thread, name, line, e))
            return NULL;
        cell += s.at - cell;
    }
}

static struct litmus_insn *add_insn(struct litmus_thread *thread, unsigned line, const char *source)
{
    GROW(thread->insn, thread->capacity, thread->insns + 1);
    struct litmus_insn *in = &thread->insn[thread->insns++];
    *in = (struct litmus_insn){.line = line, .source = strdup(source)};
    assert(in->source);
    return in;
}

/* Puts the instruction before what is wrong with it. */
static bool fail_insn(struct litmus_error *e, const char *source)
{
    char text[sizeof e->text];
    snprintf(text, sizeof text, "'%.80s': %.300s", source, e->text);
    memcpy(e->text, text, sizeof text);
    return false;
}

static bool parse_cell(struct litmus_test *t, unsigned thread, char *cell, unsigned line,
                       struct litmus_error *e)
{
    char *text = take_labels(&t->thread[thread], cell, line, e);
    if (!text)
        return false;
    if (!*text)
        return true;
    struct litmus_insn *in = add_insn(&t->thread[thread], line, text);
    return litmus_parse_insn(t, thread, text, in, e) || fail_insn(e, in->source);
}

static bool parse_row(struct litmus_test *t, const struct row *r, struct litmus_error *e)
{
    if (row_is_empty(r))
        return true;
    if (r->end == ROW_KEYWORD)
        return litmus_fail(e, r->line[0], "this row does not end; ';' ends a row, and 'exists', "
                           "'~exists' or 'forall' starts the condition");
    if (r->columns != t->threads)
        return litmus_fail(e, r->line[0], "a row of %u columns; the first row has %u", r->columns,
                           t->threads);
    for (unsigned i = 0; i < r->columns; i++)
        if (!parse_cell(t, i, r->cell[i], r->line[i], e))
            return false;
    return true;
}

static const struct litmus_label *find_label(const struct litmus_thread *thread, const char *name)
{
    for (unsigned i = 0; i < thread->labels; i++)
        if (!strcmp(thread->label[i].name, name))
            return &thread->label[i];
    return NULL;
}

static void look_at_loop(struct litmus_thread *thread, unsigned first, unsigned last)
{
    struct litmus_insn *jump = &thread->insn[last];
    bool memory = false, repeatable = true, pauses = false;
    for (unsigned i = first; i <= last; i++) {
        memory |= thread->insn[i].memory;
        repeatable &= thread->insn[i].repeatable;
        pauses |= thread->insn[i].pauses;
    }
    jump->loop = !memory ? LOOP_PRIVATE : repeatable ? LOOP_WAIT : LOOP_OTHER;
    jump->needs_pause = jump->loop == LOOP_WAIT && !pauses;
    thread->unrolled |= jump->loop == LOOP_OTHER;
}

static bool check_jumps(struct litmus_thread *thread, struct litmus_error *e)
{
    for (unsigned i = 0; i < thread->insns; i++) {
        const struct litmus_insn *in = &thread->insn[i];
        if (!in->jumps || !in->target[0])
            continue;
        const struct litmus_label *l = find_label(thread, in->target);
        if (!l)
            return litmus_fail(e, in->line, "'%.80s': P%u has no label '%.40s'", in->source,
                               thread->number, in->target);
        if (l->insn <= i)
            look_at_loop(thread, l->insn, i);
    }
    return true;
}

static bool parse_table(struct scanner *s, struct litmus_test *t)
{
    struct row r;
    bool ok;
    do {
        read_row(s, &r);
        ok = parse_row(t, &r, s->error);
        free_row(&r);
    } while (ok && r.end == ROW_SEMICOLON);
    for (unsigned i = 0; ok && i < t->threads; i++)
        ok = check_jumps(&t->thread[i], s->error);
    return ok;
}

/* ---- The whole ---- */

static bool parse_parts(struct scanner *s, struct litmus_test *t, const char *fallback)
{
    if (!parse_title(s, t, fallback) || !find_init(s))
        return false;
    struct scanner init = *s; /* its registers belong to threads, which the table names */
    if (!skip_init(s) || !parse_threads(s, t) || !litmus_parse_init(&init, t))
        return false;
    litmus_lay_out(t);
    if (!parse_table(s, t) || !litmus_parse_locations(s, t))
        return false;
    if (scan_word(s, "filter"))
        return scan_fail(s, "'filter' is not supported; put it into the condition");
    return litmus_parse_condition(s, t) && litmus_sort_items(t, s->error);
}

struct litmus_test *litmus_parse(const char *text, size_t size, const char *fallback,
                                 struct litmus_error *error)
{
    *error = (struct litmus_error){0};
    char *clean = litmus_clean(text, size, error);
    if (!clean)
        return NULL;
    struct litmus_test *t = calloc(1, sizeof *t);
    assert(t);
    struct scanner s = {clean, 1, error};
    bool ok = parse_parts(&s, t, fallback);
    free(clean);
    if (ok)
        return t;
    litmus_free(t);
    return NULL;
}

void litmus_free(struct litmus_test *t)
{
    if (!t)
        return;
    for (unsigned i = 0; i < t->threads; i++) {
        for (unsigned j = 0; j < t->thread[i].insns; j++)
            free(t->thread[i].insn[j].source);
        free(t->thread[i].insn);
    }
    free(t->prop);
    free(t->value);
    free(t->name);
    free(t);
}
