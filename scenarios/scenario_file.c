/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads scenario.yaml by its schema, and says what libcyaml found wrong with it. */
#include <cyaml/cyaml.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "scenarios/scenario_internal.h"

/* ---- What libcyaml has to say about an error ---- */

struct complaint {
    char what[160];
    char field[40]; /* the innermost that the backtrace names */
    unsigned line;
};

/* "Load: Missing required mapping field: cores", then a backtrace, innermost first, with lines
 * like "  in mapping field 'variants' (line: 12, column: 3)". */
static void collect(cyaml_log_t level, void *context, const char *format, va_list ap)
{
    struct complaint *c = context;
    char text[300];
    vsnprintf(text, sizeof text, format, ap);
    text[strcspn(text, "\n")] = 0;
    const char *line = strstr(text, "line: ");
    if (line && !c->line)
        c->line = (unsigned)strtoul(line + 6, NULL, 10);
    const char *field = strstr(text, "mapping field '");
    if (field && !c->field[0])
        sscanf(field, "mapping field '%39[^']", c->field);
    if (level != CYAML_LOG_ERROR || c->what[0] || line || strstr(text, "Backtrace"))
        return;
    snprintf(c->what, sizeof c->what, "%.*s", (int)sizeof c->what - 1,
             strncmp(text, "Load: ", 6) ? text : text + 6);
}

static cyaml_config_t configuration(struct complaint *c)
{
    return (cyaml_config_t){
        .log_fn = collect,
        .log_ctx = c,
        .log_level = CYAML_LOG_ERROR,
        .mem_fn = cyaml_mem,
        .flags = CYAML_CFG_DEFAULT | CYAML_CFG_NO_ALIAS,
    };
}

/* The first line of the file that holds `text`; 1 if none does. */
unsigned scenario_line_of(const char *path, const char *text)
{
    return scenario_line_from(path, 1, text);
}

unsigned scenario_line_from(const char *path, unsigned first, const char *text)
{
    char buffer[1024];
    unsigned line = 0, found = first;
    FILE *f = fopen(path, "r");
    while (f && fgets(buffer, sizeof buffer, f)) {
        line++;
        if (line >= first && strstr(buffer, text)) {
            found = line;
            break;
        }
    }
    if (f)
        fclose(f);
    return found;
}

/* libcyaml does not say where the file is no YAML; libyaml, beneath it, does. 0: not known. */
static unsigned syntax_line(const char *path)
{
    yaml_parser_t parser;
    yaml_event_t event;
    unsigned line = 0;
    bool going = true;
    FILE *f = fopen(path, "rb");
    if (!f || !yaml_parser_initialize(&parser)) {
        if (f)
            fclose(f);
        return 0;
    }
    yaml_parser_set_input_file(&parser, f);
    while (going) {
        if (!yaml_parser_parse(&parser, &event)) {
            line = (unsigned)parser.problem_mark.line + 1;
            break;
        }
        going = event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    fclose(f);
    return line;
}

/* Values of fields, as the schema and scenario_check.c have them. */
static const char *right_value(const char *field)
{
    static const struct {
        const char *field, *right;
    } values[] = {
        {"tso", "'safe' or 'violation' is right"},
        {"sc", "'safe' or 'violation' is right"},
        {"script", "'assert', 'release' or 'pulse' is right"},
        {"entry", "'lint0', 'lint1', 'thermal', 'pmc' or 'cmci' is right"},
        {"posts", "16 to 255 are right"},
        {"ticks", "1 to 4294967295 are right"},
    };
    for (unsigned i = 0; i < sizeof values / sizeof *values; i++)
        if (!strcmp(values[i].field, field))
            return values[i].right;
    return "a whole number from 0 is right";
}

/* What would be right, as far as that is known; "" otherwise. */
static void advise(const char *path, struct complaint *c, char *advice, size_t size)
{
    static const char unexpected[] = "Unexpected key: ";
    static const struct {
        const char *what, *right;
    } shapes[] = {
        {"Expecting SEQUENCE", "a list, '[...]' or lines that begin with '- ', is right"},
        {"Expecting MAPPING", "keys and values, '{KEY: VALUE, ...}' or lines 'KEY: VALUE', are right"},
        {"Insufficient entries", "a list with at least one item is right"},
        {"Excess entries", "fewer items are right"},
        {"got event: ", "one value, no list and no mapping, is right"},
    };
    advice[0] = 0;
    if (!strncmp(c->what, unexpected, sizeof unexpected - 1)) {
        const char *key = c->what + sizeof unexpected - 1;
        c->line = scenario_line_of(path, key); /* libcyaml names the line before */
        snprintf(advice, size, "; ");
        scenario_advise_key(c->field, key, advice + 2, size - 2);
    } else if (strstr(c->what, "UINT") || strstr(c->what, "uint") || strstr(c->what, "ENUM")) {
        snprintf(advice, size, "; %s", right_value(c->field));
    } else {
        for (unsigned i = 0; i < sizeof shapes / sizeof *shapes && !advice[0]; i++)
            if (strstr(c->what, shapes[i].what))
                snprintf(advice, size, "; %s", shapes[i].right);
    }
}

static void say_complaint(const char *path, struct complaint *c, cyaml_err_t e, char *error)
{
    const char *what = c->what[0] ? c->what : cyaml_strerror(e);
    char advice[240];
    advise(path, c, advice, sizeof advice);
    if (e == CYAML_ERR_LIBYAML_PARSER)
        c->line = syntax_line(path);
    if (c->line)
        snprintf(error, SCENARIO_ERROR, "%.150s:%u: %.140s%s", path, c->line, what, advice);
    else
        snprintf(error, SCENARIO_ERROR, "%.150s: %.140s%s", path, what, advice);
}

/* ---- Loading ---- */

/* libcyaml takes "1.5" for 1. */
static bool check_numbers(const char *path, const char *text, size_t length, char *error)
{
    char number[80];
    unsigned line = scenario_odd_number(text, length, number, sizeof number);
    if (line)
        snprintf(error, SCENARIO_ERROR, "%.150s:%u: Invalid UINT value: '%s'; a whole number from 0 is right", path, line, number);
    return !line;
}

struct scenario *scenario_load_file(const char *path, char *error)
{
    struct complaint complaint = {.line = 0};
    cyaml_config_t config = configuration(&complaint);
    struct check check = {path, error, 1};
    struct scenario *s = NULL;
    size_t length = 0;
    char *text = scenario_text(path, &length, error);
    if (!text)
        return NULL;
    cyaml_err_t e = cyaml_load_data((const uint8_t *)text, length, &config, &scenario_schema, (cyaml_data_t **)&s, NULL);
    bool numbers = e != CYAML_OK || check_numbers(path, text, length, error);
    free(text);
    if (e != CYAML_OK)
        say_complaint(path, &complaint, e, error);
    if (e != CYAML_OK || !numbers) {
        scenario_free(s);
        return NULL;
    }
    if (!s) {
        snprintf(error, SCENARIO_ERROR, "%.200s: empty; it begins with 'name: ...'", path);
        return NULL;
    }
    if (!check_scenario(&check, s)) {
        scenario_free(s);
        return NULL;
    }
    const char *slash = strrchr(path, '/');
    s->path = strdup(path);
    s->called = strdup(s->name);
    s->folder = slash ? strndup(path, (size_t)(slash - path)) : strdup(".");
    return s;
}

void scenario_free(struct scenario *s)
{
    struct complaint complaint = {.line = 0};
    cyaml_config_t config = configuration(&complaint);
    if (!s)
        return;
    free(s->folder);
    free(s->path);
    free(s->called);
    s->path = s->called = NULL;
    s->folder = NULL;
    cyaml_free(&config, &scenario_schema, s, 0);
}
