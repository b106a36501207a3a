/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options of the subcommands (glibc argp), one table for all. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

int cli_error(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    fputs("irqweave: ", stderr);
    vfprintf(stderr, format, ap);
    fputc('\n', stderr);
    va_end(ap);
    return EXIT_WRONG_USE;
}

int exit_code_worse(int a, int b)
{
    static const int rank[] = {0, 2, 3, 1, 3};
    return rank[b] > rank[a] ? b : a;
}

static const struct argp_option table[] = {
    {"json", OPTION_JSON, NULL, 0, "One JSON object on standard output (docs/json.md)", 0},
    {"memory", OPTION_MEMORY, "MODEL", 0, "tso (the default) or sc", 0},
    {"knob", OPTION_KNOB, "NAME=VALUE", 0, "Sets an open point of the hardware; see doctor", 0},
    {"algorithm", OPTION_ALGORITHM, "NAME", 0, "source (the default), sleep or dfs", 0},
    {"max-executions", OPTION_MAX_EXECUTIONS, "N", 0, "Stops after N executions", 0},
    {"max-seconds", OPTION_MAX_SECONDS, "S", 0, "Stops after S seconds", 0},
    {"max-steps", OPTION_MAX_STEPS, "N", 0, "Cuts executions off after N steps", 0},
    {"output", OPTION_OUTPUT, "FILE", 0, "Writes a recording of the violation", 0},
    {"step", OPTION_STEP, NULL, 0, "One event at each press of Enter", 0},
};

enum { TABLE_SIZE = sizeof table / sizeof *table };

struct parse {
    struct options *options;
};

static void parse_memory(struct options *o, const char *text, struct argp_state *state)
{
    if (!strcmp(text, "sc"))
        o->model = MEMORY_SC;
    else if (strcmp(text, "tso"))
        argp_failure(state, EXIT_WRONG_USE, 0, "--memory '%s': 'tso' or 'sc' are right", text);
}

static void parse_algorithm(struct options *o, const char *text, struct argp_state *state)
{
    for (int i = 0; i < ALGORITHM_COUNT; i++) {
        if (!strcmp(text, algorithm_name[i])) {
            o->explore.algorithm = (enum algorithm)i;
            return;
        }
    }
    const char *near = nearest_name(text, algorithm_name, ALGORITHM_COUNT);
    argp_failure(state, EXIT_WRONG_USE, 0, "--algorithm '%s': did you mean '%s'?", text,
                 near ? near : algorithm_name[0]);
}

static void parse_knob(struct options *o, const char *text, struct argp_state *state)
{
    if (!knob_set(&o->knobs, text))
        argp_failure(state, EXIT_WRONG_USE, 0,
                     "--knob '%s': no such NAME=VALUE; 'irqweave doctor' lists them", text);
}

static double parse_number(const char *option, const char *text, bool whole,
                           struct argp_state *state)
{
    char *end;
    double value = strtod(text, &end);
    bool wrong = end == text || *end || !(value > 0) || value > 1e15;
    if (wrong || (whole && value != (double)(uint64_t)value))
        argp_failure(state, EXIT_WRONG_USE, 0, "--%s '%s': a %s above 0 is right", option, text,
                     whole ? "whole number" : "number");
    return value;
}

static error_t parse_argument(struct options *o, char *argument, struct argp_state *state)
{
    if (!o->arguments)
        o->arguments = calloc((size_t)state->argc, sizeof *o->arguments);
    if (!o->arguments)
        return ENOMEM;
    o->arguments[o->count++] = argument; /* no more of them than argv holds */
    return 0;
}

static error_t parse_option(int key, char *text, struct argp_state *state)
{
    struct options *o = ((struct parse *)state->input)->options;
    switch (key) {
    case OPTION_JSON:
        o->json = true;
        return 0;
    case OPTION_STEP:
        o->step = true;
        return 0;
    case OPTION_OUTPUT:
        o->output = text;
        return 0;
    case OPTION_MEMORY:
        parse_memory(o, text, state);
        return 0;
    case OPTION_ALGORITHM:
        parse_algorithm(o, text, state);
        return 0;
    case OPTION_KNOB:
        parse_knob(o, text, state);
        return 0;
    case OPTION_MAX_EXECUTIONS:
        o->explore.max_executions = (uint64_t)parse_number("max-executions", text, true, state);
        return 0;
    case OPTION_MAX_STEPS:
        o->explore.max_steps = (uint64_t)parse_number("max-steps", text, true, state);
        return 0;
    case OPTION_MAX_SECONDS:
        o->explore.max_seconds = parse_number("max-seconds", text, false, state);
        return 0;
    case ARGP_KEY_ARG:
        return parse_argument(o, text, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* Only -o has a short form. */
static struct argp_option public_option(const struct argp_option *option)
{
    struct argp_option copy = *option;
    if (copy.key != OPTION_OUTPUT)
        copy.key |= 0x100;
    return copy;
}

static error_t parse_public(int key, char *text, struct argp_state *state)
{
    bool own = key > 0x100 && key < 0x200;
    return parse_option(own ? key & 0xff : key, text, state);
}

void options_parse(struct options *o, int argc, char **argv, const char *usage, const char *doc,
                   const char *allowed)
{
    struct argp_option chosen[TABLE_SIZE + 1] = {{0}};
    struct parse parse = {o};
    char name[64];
    unsigned count = 0;
    *o = (struct options){0};
    for (unsigned i = 0; i < TABLE_SIZE; i++)
        if (strchr(allowed, table[i].key))
            chosen[count++] = public_option(&table[i]);
    struct argp argp = {chosen, parse_public, usage, doc, NULL, NULL, NULL};
    snprintf(name, sizeof name, "irqweave %.40s", argv[0]);
    argv[0] = name;
    argp_parse(&argp, argc, argv, 0, NULL, &parse);
}
