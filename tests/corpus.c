/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of docs/corpus.md against the scenario.yaml files: each variant that it names exists, and the column it
 * stands in agrees with what is expected of it.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/scenario.h"
#include "tests/support/sessions.h"

enum { COLUMN_BROKEN = 3, COLUMN_FIXED = 4 };

static unsigned compared[COLUMN_FIXED + 1];

static void compare(const char *argument, unsigned column)
{
    char error[1024] = "";
    const struct scenario_variant *variant = NULL;
    struct scenario *s = scenario_open(argument, &variant, error);

    cr_assert(s && variant, "%s: %s", argument, error);
    cr_expect_eq(variant->expected.tso == VERDICT_VIOLATION, column == COLUMN_BROKEN, "%s: column %u", argument,
                 column);
    compared[column]++;
    scenario_free(s);
}

/* Variants stand in backquotes, `SCENARIO:VARIANT`. */
static void compare_row(char *row)
{
    unsigned column = 0;
    bool quoted = false;

    for (char *c = row; *c; c++) {
        column += *c == '|';
        if (*c != '`')
            continue;
        quoted = !quoted;
        char *end = quoted ? strchr(c + 1, '`') : NULL;
        if (!end)
            continue;
        *end = '\0';
        compare(c + 1, column);
        *end = '`';
    }
}

Test(corpus, table_agrees_with_the_scenarios)
{
    char row[1024];
    FILE *file = fopen("docs/corpus.md", "r");

    cr_assert(file);
    while (fgets(row, sizeof(row), file))
        if (row[0] == '|')
            compare_row(row);
    fclose(file);
    cr_expect(compared[COLUMN_BROKEN] > 0 && compared[COLUMN_FIXED] > 0);
}
