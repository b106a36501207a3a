/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options of the subcommands (glibc argp), one table for all. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/jobs.h"
#include "sim/parallel.h"

/* One line whatever it quotes: control characters, as names in files may hold, become '?'. */
static void print_line(const char *who, const char *format, va_list ap)
{
    char text[1000];
    vsnprintf(text, sizeof text, format, ap);
    for (char *p = text; *p; p++)
        if (iscntrl((unsigned char)*p))
            *p = '?';
    fprintf(stderr, "%s: %s\n", who, text);
}

int cli_error(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    print_line("irqweave", format, ap);
    va_end(ap);
    return EXIT_WRONG_USE;
}

static void wrong(const struct argp_state *state, const char *format, ...)
    __attribute__((format(printf, 2, 3), noreturn));

static void wrong(const struct argp_state *state, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    print_line(state->name, format, ap);
    va_end(ap);
    exit(EXIT_WRONG_USE);
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
    {"algorithm", OPTION_ALGORITHM, "NAME", 0,
     "optimal (the default), source, sleep or dfs; explore also takes pct and random, which draw a "
     "sample of the executions", 0},
    {"seed", OPTION_SEED, "N", 0, "Of a sample: the same seed draws the same executions (1)", 0},
    {"pct-depth", OPTION_PCT_DEPTH, "D", 0,
     "pct looks for violations that D ordering constraints bring about (3)", 0},
    {"max-executions", OPTION_MAX_EXECUTIONS, "N", 0, "Stops after N executions (1000 of a sample)", 0},
    {"max-seconds", OPTION_MAX_SECONDS, "S", 0, "Stops after S seconds", 0},
    {"max-steps", OPTION_MAX_STEPS, "N", 0, "Cuts executions off after N steps", 0},
    {"max-preemptions", OPTION_MAX_PREEMPTIONS, "N", 0,
     "At most N times in an execution is a core that could go on left for another. All such "
     "executions are explored by dfs; the other algorithms may leave some out, for equivalent ones "
     "with more preemptions", 0},
    {"all-steps", OPTION_ALL_STEPS, NULL, 0,
     "Shows also what only its own CPU can tell; without it '...' stands for such steps", 0},
    {"no-minimise", OPTION_NO_MINIMISE, NULL, 0, "Shows schedules as they were found", 0},
    {"output", OPTION_OUTPUT, "FILE", 0, "Writes a recording of the violation", 0},
    {"jobs", OPTION_JOBS, "N", 0, "Processes at work (all processors); the result is the same for any N", 0},
    {"frontier", OPTION_FRONTIER, "FILE", 0, "Where an incomplete exploration leaves the rest", 0},
    {"resume", OPTION_RESUME, "FILE", 0, "Goes on with what an incomplete exploration left", 0},
    {"only", OPTION_ONLY, "NAME", 0, "Only this program, of any size", 0},
    {"all", OPTION_ALL, NULL, 0, "Every scenario, a line each", 0},
    {"package", OPTION_PACKAGE, "NAME", 0, "A Debian package with the source of Linux: linux-source-6.12", 0},
    {"tree", OPTION_TREE, "DIR", 0, "A Linux source tree; it is never written to", 0},
    {"cc", OPTION_CC, "CC", 0, "The compiler (gcc)", 0},
    {"step", OPTION_STEP, NULL, 0, "One event at each press of Enter", 0},
    {"help", OPTION_HELP, NULL, 0, "This text", -1},
};

enum { TABLE_SIZE = sizeof table / sizeof *table };

struct parse {
    struct options *options;
    const struct argp_option *chosen; /* those of this subcommand */
};

/* How many options' names begin like this word ("--max", "--max=3"); *found is the last of them,
 * or the one whose name is all of it. */
static unsigned find_option(const struct argp_option *options, const char *word,
                            const struct argp_option **found)
{
    unsigned count = 0;
    size_t length = strcspn(word, "=");
    for (; options->name; options++) {
        if (strncmp(options->name, word, length))
            continue;
        *found = options;
        count++;
        if (!options->name[length])
            return 1;
    }
    return count;
}

/* ---- Values ---- */

static void parse_memory(struct options *o, const char *text, const struct argp_state *state)
{
    if (!strcmp(text, "sc"))
        o->model = MEMORY_SC;
    else if (strcmp(text, "tso"))
        wrong(state, "--memory '%.60s': 'tso' or 'sc' are right", text);
    else
        o->model = MEMORY_TSO;
}

/* Commands without --seed compare verdicts or counts, which a sample does not have. */
static void parse_algorithm(const struct parse *parse, const char *text,
                            const struct argp_state *state)
{
    char advice[200];
    const struct argp_option *seed = NULL;
    int count = find_option(parse->chosen, "seed", &seed) ? ALGORITHM_NAMES : ALGORITHM_COUNT;
    for (int i = 0; i < count; i++) {
        if (!strcmp(text, algorithm_name[i])) {
            parse->options->explore.algorithm = (enum algorithm)i;
            return;
        }
    }
    nearest_advise(advice, sizeof advice, text, algorithm_name, (unsigned)count);
    wrong(state, "--algorithm '%.60s': %s", text, advice);
}

static void parse_knob(struct options *o, const char *text, const struct argp_state *state)
{
    char what[KNOB_COMPLAINT];
    if (knob_set(&o->knobs, text))
        return;
    knob_complain(text, what, sizeof what);
    if (!strchr(text, '='))
        wrong(state, "--knob '%.60s': NAME=VALUE is right; 'irqweave doctor' lists both", text);
    wrong(state, "--knob '%.60s': %s", text, what);
}

/* Decimal, without a sign: what strtod() takes beyond that was hardly meant. */
static double parse_number(const char *option, const char *text, bool whole,
                           const struct argp_state *state)
{
    char *end;
    double value = strtod(text, &end);
    bool plain = text[0] && !text[strspn(text, whole ? "0123456789" : "0123456789.")];
    if (!plain || *end || !(value > 0) || value > 1e15)
        wrong(state, "--%s '%.60s': a %s above 0, up to 1000000000000000, is right", option, text,
              whole ? "whole number" : "number");
    return value;
}

/* A whole number from `least` to `most`. */
static unsigned parse_count(const char *option, const char *text, unsigned least, unsigned most,
                            const struct argp_state *state)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (!text[0] || text[strspn(text, "0123456789")] || value < least || value > most)
        wrong(state, "--%s '%.60s': a whole number from %u to %u is right", option, text, least,
              most);
    return (unsigned)value;
}

/* Options that say nothing beside the others given. */
static void check_together(const struct options *options, const struct argp_state *state)
{
    const struct explore_options *o = &options->explore;
    const char *name = algorithm_name[o->algorithm];
    bool sample = o->algorithm >= ALGORITHM_COUNT;
    if (o->pct_depth && o->algorithm != ALGORITHM_PCT)
        wrong(state, "--pct-depth is for --algorithm pct, not %s", name);
    if (o->seed && !sample)
        wrong(state, "--seed is for --algorithm pct or random; %s draws nothing", name);
    if (options->frontier && !explore_is_divisible(o))
        wrong(state, "--frontier keeps what is left of an exploration; %s is not kept",
              sample ? "a sample" : "one with --max-preemptions");
    if (o->bound_preemptions && sample)
        wrong(state, "--max-preemptions bounds an exploration; %s draws a sample", name);
}

static const char *parse_file(const char *option, const char *text, const struct argp_state *state)
{
    if (!text[0])
        wrong(state, "--%s '': the name of a file is right", option);
    return text;
}

static unsigned parse_jobs(const char *text, const struct argp_state *state)
{
    double jobs = parse_number("jobs", text, true, state);
    if (jobs > PARALLEL_MAX_JOBS)
        wrong(state, "--jobs '%.60s': at most %d processes", text, PARALLEL_MAX_JOBS);
    return (unsigned)jobs;
}

static error_t parse_argument(struct options *o, char *argument, const struct argp_state *state)
{
    if (!o->arguments)
        o->arguments = calloc((size_t)state->argc, sizeof *o->arguments);
    if (!o->arguments)
        return ENOMEM;
    o->arguments[o->count++] = argument; /* no more of them than argv holds */
    return 0;
}

/* ---- Words that are no option ---- */

static void wrong_name(const struct parse *parse, const char *word, const struct argp_state *state)
{
    const char *names[TABLE_SIZE];
    char name[64];
    unsigned count = 0;
    for (; parse->chosen[count].name; count++)
        names[count] = parse->chosen[count].name;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    const char *near = nearest_name(name, names, count);
    if (near)
        wrong(state, "unknown option '--%s': did you mean '--%s'?", name, near);
    wrong(state, "unknown option '--%s'; '%.40s --help' names all", name, state->name);
}

/* Is this "--NAME..." one that getopt refuses? */
static bool is_wrong(const struct parse *parse, const char *word)
{
    const struct argp_option *option = NULL;
    return find_option(parse->chosen, word + 2, &option) != 1 ||
           !strchr(word, '=') != !option->arg;
}

/* getopt has refused the word before the next one, or a letter inside the next one. */
static const char *refused(const struct parse *parse, const struct argp_state *state)
{
    const char *word = state->argv[state->next - 1];
    bool name = !strncmp(word, "--", 2);
    bool letter = word[0] == '-' && !name && word[1] != 'o';
    return state->next == state->argc || letter || (name && is_wrong(parse, word))
               ? word : state->argv[state->next];
}

static void wrong_option(const struct parse *parse, const struct argp_state *state)
{
    const char *word = refused(parse, state);
    const struct argp_option *option = NULL;
    if (!strcmp(word, "-o"))
        wrong(state, "option '-o' needs a FILE");
    if (strncmp(word, "--", 2))
        wrong(state, "unknown option in '%.60s'; '%.40s --help' names all", word, state->name);
    unsigned matches = find_option(parse->chosen, word + 2, &option);
    if (!matches)
        wrong_name(parse, word + 2, state);
    if (matches > 1)
        wrong(state, "option '%.60s' begins like %u options; write it out", word, matches);
    if (!option->arg)
        wrong(state, "option '--%s' takes no value ('%.60s')", option->name, word);
    wrong(state, "option '--%s' needs a value: --%s=%s", option->name, option->name, option->arg);
}

static void show_help(const struct argp_state *state)
{
    char name[64];
    snprintf(name, sizeof name, "%s", state->name);
    argp_help(state->root_argp, stdout, ARGP_HELP_STD_HELP, name);
    exit(EXIT_NOTHING_FOUND);
}

/* ---- Options ---- */

/* Each of these takes the options of its kind. False: `key` is another one. */

static bool parse_flag(int key, struct options *o)
{
    bool *const flag = key == OPTION_JSON          ? &o->json
                       : key == OPTION_ALL         ? &o->all
                       : key == OPTION_STEP        ? &o->step
                       : key == OPTION_ALL_STEPS   ? &o->all_steps
                       : key == OPTION_NO_MINIMISE ? &o->explore.raw
                                                   : NULL;
    if (flag)
        *flag = true;
    return flag;
}

static bool parse_bound(int key, const char *text, struct explore_options *o, const struct argp_state *state)
{
    switch (key) {
    case OPTION_SEED:
        o->seed = (uint64_t)parse_number("seed", text, true, state);
        return true;
    case OPTION_PCT_DEPTH:
        o->pct_depth = parse_count("pct-depth", text, 1, PCT_DEPTH_MAX, state);
        return true;
    case OPTION_MAX_PREEMPTIONS:
        o->max_preemptions = parse_count("max-preemptions", text, 0, EXPLORE_MAX_STEPS, state);
        return o->bound_preemptions = true;
    case OPTION_MAX_EXECUTIONS:
        o->max_executions = (uint64_t)parse_number("max-executions", text, true, state);
        return true;
    case OPTION_MAX_STEPS:
        o->max_steps = parse_count("max-steps", text, 1, EXPLORE_MAX_STEPS, state);
        return true;
    case OPTION_MAX_SECONDS:
        o->max_seconds = parse_number("max-seconds", text, false, state);
        return true;
    default:
        return false;
    }
}

static bool parse_file_name(int key, const char *text, struct options *o, const struct argp_state *state)
{
    const char **const name = key == OPTION_OUTPUT     ? &o->output
                              : key == OPTION_FRONTIER ? &o->frontier
                              : key == OPTION_RESUME   ? &o->resume
                                                       : NULL;
    for (unsigned i = 0; name && i < TABLE_SIZE; i++)
        if (table[i].key == key)
            *name = parse_file(table[i].name, text, state);
    return name;
}

static bool parse_choice(int key, char *text, const struct parse *parse, const struct argp_state *state)
{
    struct options *o = parse->options;
    switch (key) {
    case OPTION_MEMORY:
        parse_memory(o, text, state);
        return true;
    case OPTION_ALGORITHM:
        parse_algorithm(parse, text, state);
        return true;
    case OPTION_KNOB:
        parse_knob(o, text, state);
        return true;
    case OPTION_JOBS:
        o->jobs = parse_jobs(text, state);
        return true;
    case OPTION_ONLY:
        o->only = text;
        return true;
    case OPTION_PACKAGE:
        o->package = text;
        return true;
    case OPTION_TREE:
        o->tree = text;
        return true;
    case OPTION_CC:
        o->cc = text;
        return true;
    default:
        return false;
    }
}

static error_t parse_option(int key, char *text, struct argp_state *state)
{
    const struct parse *parse = state->input;
    struct options *o = parse->options;
    if (parse_flag(key, o) || parse_bound(key, text, &o->explore, state) || parse_file_name(key, text, o, state) ||
        parse_choice(key, text, parse, state))
        return 0;
    switch (key) {
    case OPTION_HELP:
        show_help(state);
        return 0;
    case ARGP_KEY_ERROR:
        wrong_option(parse, state);
        return 0;
    case ARGP_KEY_END:
        check_together(o, state);
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
    struct options *o = ((struct parse *)state->input)->options;
    if (own)
        key &= 0xff;
    if (own || key == OPTION_OUTPUT)
        o->given |= option_bit(key);
    return parse_option(key, text, state);
}

void options_parse(struct options *o, int argc, char **argv, const char *usage, const char *doc,
                   const char *allowed)
{
    struct argp_option chosen[TABLE_SIZE + 1] = {{0}};
    struct parse parse = {o, chosen};
    char name[64];
    unsigned count = 0;
    *o = (struct options){0};
    for (unsigned i = 0; i < TABLE_SIZE; i++)
        if (table[i].key == OPTION_HELP || strchr(allowed, table[i].key))
            chosen[count++] = public_option(&table[i]);
    struct argp argp = {chosen, parse_public, usage, doc, NULL, NULL, NULL};
    snprintf(name, sizeof name, "irqweave %.40s", argv[0]);
    argv[0] = name;
    /* Its own messages are two lines; wrong_option() says the same in one. */
    argp_parse(&argp, argc, argv, ARGP_NO_ERRS | ARGP_NO_HELP, NULL, &parse);
}

unsigned options_jobs(const struct options *o)
{
    return o->jobs ? o->jobs : jobs_default();
}
