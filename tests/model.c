/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of docs/model against the tree: each row names sources that exist and tests that exist, each
 * of these tests has a mutant that it has to notice, and each line of the checklists has a row with a test
 * and a mutant, or is listed in docs/model.md as not modelled.
 */
#include <criterion/criterion.h>
#include <ctype.h>
#include <dirent.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 6, TEXT_MAX = 1 << 20, ROWS = 64, NAME = 200, MUTANTS = 4096 };

/* Lines of the checklists: facts of section 7, by letter. */
static const struct {
    char letter;
    unsigned count;
} checklists[] = {{'L', 19}, {'V', 24}, {'D', 7}, {'K', 6}};

/* Those of the AMD side: facts of sections 2, 4, 7 and 8. LT4 is of KVM's software; U18 to U21 are of no hardware. */
static const struct {
    const char *letters;
    unsigned first, last;
} amd_checklists[] = {{"T2.", 1, 9}, {"T4.", 1, 6}, {"I", 1, 9}, {"LT", 1, 3}, {"LT", 5, 6}, {"U", 1, 17}};

static char names_of_rows[TEXT_MAX]; /* " T2.1 U7 ...", of rows with a test */

static bool tested[128][ROWS], mutated[128][ROWS];

/* What lines of tests/mutation/models say of cases: each that the pattern matches has to fail there. */
static struct {
    char program[NAME], pattern[NAME];
} mutant[MUTANTS];
static unsigned mutants;

static char *read_text(const char *path)
{
    char name[512];
    snprintf(name, sizeof name, "%s/%s", IRQWEAVE_SOURCE_DIR, path);
    FILE *f = fopen(name, "r");
    if (!f)
        return NULL;
    char *text = calloc(1, TEXT_MAX);
    cr_assert(text);
    size_t size = fread(text, 1, TEXT_MAX - 1, f);
    cr_assert(size < TEXT_MAX - 1, "%s is longer than expected", path);
    fclose(f);
    return text;
}

static char *trim(char *text)
{
    text += strspn(text, " \t");
    size_t n = strlen(text);
    while (n && isspace((unsigned char)text[n - 1]))
        text[--n] = 0;
    return text;
}

/* Letter and number of a line of the checklists; false for any other text. */
static bool row_of(const char *text, unsigned *letter, unsigned *number)
{
    char *end;
    *letter = (unsigned char)text[0];
    *number = (unsigned)strtoul(text + (text[0] != 0), &end, 10);
    return *letter && strchr("LVDK", text[0]) && isdigit((unsigned char)text[1]) && !*end;
}

static bool has_mutant(const char *program, const char *name)
{
    for (unsigned i = 0; i < mutants; i++)
        if (!strcmp(mutant[i].program, program) && !fnmatch(mutant[i].pattern, name, 0))
            return true;
    return false;
}

/* Behind "Test(suite, " or "ParameterizedTest(value, suite, " at the beginning of a line; NULL: no case. */
static const char *case_at(const char *line)
{
    static const char prefix[] = "Parameterized";
    bool parameter = !strncmp(line, prefix, sizeof prefix - 1);
    const char *at = line + (parameter ? sizeof prefix - 1 : 0);
    if (strncmp(at, "Test(", 5))
        return NULL;
    for (int commas = parameter ? 2 : 1; commas; commas--) {
        at += strcspn(at, ",\n");
        if (*at++ != ',')
            return NULL;
    }
    return at + strspn(at, " ");
}

/* Cases of a source whose names match; each must have a mutant. */
static unsigned check_cases(const char *where, const char *text, const char *program,
                            const char *pattern)
{
    unsigned count = 0;
    for (const char *line = text; line; line = strchr(line, '\n')) {
        char name[NAME];
        const char *at = case_at(line += line != text);
        if (!at)
            continue;
        snprintf(name, sizeof name, "%.*s", (int)strcspn(at, ",)"), at);
        if (fnmatch(pattern, name, 0))
            continue;
        cr_expect(has_mutant(program, name), "%s: no line of tests/mutation/models for %s:%s", where,
                  program, name);
        count++;
    }
    return count;
}

/* "start*", "start..." and "..._end" are patterns; a remark may follow. */
static void pattern_of(const char *name, char *pattern, size_t size)
{
    size_t used = 0;
    while (*name && *name != ' ' && used < size - 1) {
        bool open = *name == '.' || *name == '*';
        pattern[used++] = open ? '*' : *name;
        name += open ? strspn(name, ".*") : 1;
    }
    pattern[used] = 0;
}

/* "program:case", or a case of the program that was named last. */
static void check_case(const char *where, char *test, char *program)
{
    char path[300], pattern[NAME], *colon = strchr(test, ':');
    if (colon) {
        *colon = 0;
        snprintf(program, NAME, "%s", trim(test));
        test = trim(colon + 1);
    }
    snprintf(path, sizeof path, "tests/%s.c", program);
    char *text = read_text(path);
    cr_assert(text, "%s: there is no %s", where, path);
    pattern_of(test, pattern, sizeof pattern);
    cr_expect(check_cases(where, text, program, pattern), "%s: %s has no case %s", where, path, pattern);
    free(text);
}

static unsigned check_tests(const char *where, char *tests)
{
    char program[NAME] = "", *rest = tests, *test;
    unsigned count = 0;
    while ((test = strsep(&rest, ",;"))) {
        test = trim(test);
        if (!*test || !strcmp(test, "-"))
            continue;
        check_case(where, test, program);
        count++;
    }
    return count;
}

static void check_sources(const char *where, char *sources)
{
    char *rest = sources, *source;
    while ((source = strsep(&rest, ",;"))) {
        char path[512];
        source = trim(source);
        snprintf(path, sizeof path, "%s/%s", IRQWEAVE_SOURCE_DIR, source);
        FILE *f = fopen(path, "r");
        cr_expect(f, "%s: there is no %s", where, source);
        if (f)
            fclose(f);
    }
}

/* Rows may be of several lines: "T2.1, U7". */
static void note_names(const char *names)
{
    size_t used = strlen(names_of_rows);
    cr_assert_lt(used + strlen(names) + 4, sizeof names_of_rows);
    names_of_rows[used++] = ' ';
    for (; *names; names++)
        if (*names != ',')
            names_of_rows[used++] = *names;
    names_of_rows[used++] = ' ';
}

static void check_amd_line(const char *letters, unsigned number)
{
    char name[32];
    snprintf(name, sizeof name, " %s%u ", letters, number);
    cr_expect(strstr(names_of_rows, name), "%s%u has no row in docs/model", letters, number);
}

static void check_row(const char *where, char *line)
{
    char *column[COLUMNS], *rest = line + 1;
    unsigned letter, number, count = 0;
    while (count < COLUMNS && rest)
        column[count++] = trim(strsep(&rest, "|"));
    cr_assert_eq(count, (unsigned)COLUMNS, "%s: a row has six columns", where);
    if (!strcmp(column[0], "row") || strspn(column[0], "-") > 1)
        return;
    cr_assert(*column[2], "%s: no section of a manual", where);
    check_sources(where, column[3]);
    unsigned tests = check_tests(where, column[4]);
    cr_assert(tests, "%s: no test", where);
    note_names(column[0]);
    if (row_of(column[0], &letter, &number) && number < ROWS)
        tested[letter][number] = true;
}

static void check_page(const char *page)
{
    char path[300];
    snprintf(path, sizeof path, "docs/model/%s", page);
    char *text = read_text(path), *rest = text, *line;
    cr_assert(text);
    for (unsigned n = 1; (line = strsep(&rest, "\n")); n++) {
        char where[400];
        snprintf(where, sizeof where, "%s:%u", path, n);
        if (line[0] == '|')
            check_row(where, line);
    }
    free(text);
}

static void note_tests(char *tests)
{
    char program[NAME] = "", *rest = tests, *test;
    while ((test = strsep(&rest, ","))) {
        char *colon = strchr(test = trim(test), ':');
        if (colon) {
            *colon = 0;
            snprintf(program, sizeof program, "%s", test);
            test = colon + 1;
        }
        cr_assert_lt(mutants, (unsigned)MUTANTS);
        snprintf(mutant[mutants].program, NAME, "%s", program);
        snprintf(mutant[mutants++].pattern, NAME, "%s", test);
    }
}

/* Lines of tests/mutation/models: ROW | file | program:case, case | expression. */
static void note_mutants(const char *file)
{
    char path[300];
    snprintf(path, sizeof path, "tests/mutation/models/%s", file);
    char *text = read_text(path), *rest = text, *line;
    cr_assert(text);
    while ((line = strsep(&rest, "\n"))) {
        unsigned letter, number;
        if (line[0] == '#' || !line[0])
            continue;
        char *row = trim(strsep(&line, "|"));
        strsep(&line, "|");
        char *tests = strsep(&line, "|");
        cr_assert(tests && line, "%s: a line has four columns: %s", path, row);
        note_tests(tests);
        if (row_of(row, &letter, &number) && number < ROWS)
            mutated[letter][number] = true;
    }
    free(text);
}

static void each_file(const char *folder, const char *ending, void (*use)(const char *))
{
    char path[400];
    snprintf(path, sizeof path, "%s/%s", IRQWEAVE_SOURCE_DIR, folder);
    DIR *d = opendir(path);
    cr_assert(d, "%s", path);
    for (struct dirent *e; (e = readdir(d));) {
        size_t n = strlen(e->d_name), k = strlen(ending);
        if (n > k && !strcmp(e->d_name + n - k, ending))
            use(e->d_name);
    }
    closedir(d);
}

Test(model, rows_name_what_exists_and_the_checklists_are_complete)
{
    char *index = read_text("docs/model.md");
    cr_assert(index);
    each_file("tests/mutation/models", ".txt", note_mutants);
    each_file("docs/model", ".md", check_page);
    for (unsigned i = 0; i < sizeof checklists / sizeof *checklists; i++) {
        unsigned char letter = (unsigned char)checklists[i].letter;
        for (unsigned n = 1; n <= checklists[i].count; n++) {
            char missing[32];
            snprintf(missing, sizeof missing, "| %c%u | not modelled", letter, n);
            if (strstr(index, missing))
                continue;
            cr_expect(tested[letter][n], "%c%u has no row in docs/model", letter, n);
            cr_expect(mutated[letter][n], "%c%u has no mutant", letter, n);
        }
    }
    for (unsigned i = 0; i < sizeof amd_checklists / sizeof *amd_checklists; i++)
        for (unsigned n = amd_checklists[i].first; n <= amd_checklists[i].last; n++)
            check_amd_line(amd_checklists[i].letters, n);
    free(index);
}
