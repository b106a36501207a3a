/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/expected_differences.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 2048 };

static char message[LINE];

/* The next cell of a row, without the spaces and backquotes around it; false if there is none. */
static bool take_cell(char **rest, char *cell, size_t size)
{
    char *end = strchr(*rest, '|');
    if (!end)
        return false;
    char *from = *rest + strspn(*rest, " `");
    char *to = end;
    while (to > from && strchr(" `", to[-1]))
        to--;
    int n = snprintf(cell, size, "%.*s", (int)(to - from), from);
    *rest = end + 1;
    return n >= 0 && (size_t)n < size;
}

/* Rows begin with a program in backquotes and lie in one chapter; other lines are text. */
static bool is_row(const char *line, bool *in_chapter)
{
    static const char chapter[] = "## Differences\n";
    if (!strncmp(line, "## ", 3))
        *in_chapter = !strcmp(line, chapter);
    return *in_chapter && !strncmp(line, "| `", 3);
}

/* A number of lines, 1 or more, in decimal. */
static bool take_count(char **rest, unsigned *count)
{
    char cell[12], *end;
    if (!take_cell(rest, cell, sizeof cell) || cell[0] < '1' || cell[0] > '9')
        return false;
    *count = (unsigned)strtoul(cell, &end, 10);
    return !*end;
}

static bool take_row(char *line, struct difference *row)
{
    char *rest = line + 1;
    memset(row, 0, sizeof *row);
    return take_cell(&rest, row->program, sizeof row->program) &&
           take_cell(&rest, row->ours, sizeof row->ours) &&
           take_cell(&rest, row->theirs, sizeof row->theirs) && take_count(&rest, &row->times) &&
           take_cell(&rest, row->why, sizeof row->why) && row->why[0] &&
           strcmp(row->ours, row->theirs) != 0;
}

const char *differences_read(struct differences *d, const char *path)
{
    static char line[LINE];
    FILE *f = fopen(path, "r");
    unsigned number = 0;
    bool in_chapter = false;
    d->count = 0;
    snprintf(message, sizeof message, "%s: cannot be opened", path);
    if (!f)
        return message;
    message[0] = 0;
    while (!message[0] && fgets(line, sizeof line, f)) {
        number++;
        if (!is_row(line, &in_chapter))
            continue;
        if (d->count == DIFFERENCE_MAX || !take_row(line, &d->row[d->count++]))
            snprintf(message, sizeof message,
                     "%s:%u: a row is | `program` | `irqweave` | `Bochs` | times | why | with two lines that "
                     "differ and how often they do; there are at most %d", path, number, DIFFERENCE_MAX);
    }
    fclose(f);
    return message[0] ? message : NULL;
}

static bool is_expected(struct differences *d, const char *program, const char *ours,
                        const char *theirs)
{
    for (unsigned i = 0; i < d->count; i++) {
        struct difference *row = &d->row[i];
        if (strcmp(row->program, program) || strcmp(row->ours, ours) || strcmp(row->theirs, theirs))
            continue;
        return ++row->met <= row->times;
    }
    return false;
}

/* Without the spaces before it, which a cell of the table cannot have. */
static void take_line(const char **text, char line[LINE])
{
    *text += strspn(*text, " ");
    size_t length = strcspn(*text, "\n");
    snprintf(line, LINE, "%.*s", (int)length, *text);
    *text += length + ((*text)[length] == '\n');
}

static const char *out_of_date(const struct differences *d, const char *program)
{
    for (unsigned i = 0; i < d->count; i++)
        if (!strcmp(d->row[i].program, program) && d->row[i].met < d->row[i].times) {
            snprintf(message, sizeof message, "the difference \"%.200s\" / \"%.200s\" occurred in %u lines, "
                     "not in %u", d->row[i].ours, d->row[i].theirs, d->row[i].met, d->row[i].times);
            return message;
        }
    return NULL;
}

const char *differences_judge(struct differences *d, const char *program, const char *ours,
                              const char *theirs)
{
    char our_line[LINE], their_line[LINE];
    for (unsigned number = 1; *ours || *theirs; number++) {
        take_line(&ours, our_line);
        take_line(&theirs, their_line);
        if (!strcmp(our_line, their_line) || is_expected(d, program, our_line, their_line))
            continue;
        snprintf(message, sizeof message, "line %u:\nirqweave: %.800s\nBochs:    %.800s", number,
                 our_line, their_line);
        return message;
    }
    return out_of_date(d, program);
}
