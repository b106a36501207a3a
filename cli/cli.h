/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the subcommands: exit codes, errors, options. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <argp.h>
#include <stdbool.h>

#include "scenarios/session.h"

enum exit_code {
    EXIT_NOTHING_FOUND = 0,
    EXIT_FOUND = 1,      /* a violation, a mismatch */
    EXIT_WRONG_USE = 2,  /* or bad input */
    EXIT_INCOMPLETE = 3, /* a bound was hit */
    EXIT_CANNOT_RUN = 4, /* a part that cannot run here */
};

/* "irqweave: ..." on standard error; returns EXIT_WRONG_USE. */
int cli_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Of two: wrong input beats a finding, which beats an incomplete run. */
int exit_code_worse(int a, int b);

/* Options that several subcommands share; zero is the default of each. */
struct options {
    bool json;
    bool step;
    bool all_steps;
    bool all;
    const char *output;
    const char *only;
    const char *frontier;
    const char *resume;
    const char *package, *tree, *cc;
    unsigned jobs;  /* 0: as many as there are processors, see options_jobs() */
    uint64_t given; /* option_bit() of each option on the line */
    enum memory_model model;
    struct knobs knobs;
    struct explore_options explore;
    char **arguments;
    unsigned count;
};

/* Parses argv of a subcommand; `allowed` names the options it takes, by key ("jmkaosne"). Ends the
 * process with EXIT_WRONG_USE where the line is wrong. */
void options_parse(struct options *, int argc, char **argv, const char *usage, const char *doc,
                   const char *allowed);

enum option_key {
    OPTION_JSON = 'j',
    OPTION_MEMORY = 'm',
    OPTION_KNOB = 'k',
    OPTION_ALGORITHM = 'a',
    OPTION_OUTPUT = 'o',
    OPTION_STEP = 't',
    OPTION_ONLY = 'n',
    OPTION_MAX_EXECUTIONS = 'e',
    OPTION_MAX_SECONDS = 's',
    OPTION_MAX_STEPS = 'p',
    OPTION_MAX_PREEMPTIONS = 'q',
    OPTION_SEED = 'r',
    OPTION_PCT_DEPTH = 'd',
    OPTION_NO_MINIMISE = 'w',
    OPTION_JOBS = 'J',
    OPTION_FRONTIER = 'F',
    OPTION_RESUME = 'R',
    OPTION_ALL_STEPS = 'A',
    OPTION_ALL = 'L',
    OPTION_PACKAGE = 'P',
    OPTION_TREE = 'T',
    OPTION_CC = 'C',
    OPTION_HELP = 'h',
};

static inline uint64_t option_bit(int key)
{
    return 1ull << (key - 'A'); /* letters are less than 64 apart */
}

unsigned options_jobs(const struct options *);

/* As scenario_open(), and of "FOLDER[:VARIANT]", a scenario outside the tree: one with a '/' in it, or "." or "..".
 * Its images are built first. */
struct scenario *outside_open(const char *argument, const struct scenario_variant **, char *error);

/* Is this version of Unicorn one that the core was tested with? If not, says so: exit code 2. */
bool unicorn_supported(char *text, size_t size);

int list_main(int argc, char **argv);
int explore_main(int argc, char **argv);
int reproduce_main(int argc, char **argv);
int audit_main(int argc, char **argv);
int replay_main(int argc, char **argv);
int doctor_main(int argc, char **argv);
int bench_main(int argc, char **argv);
int bench_explore_main(int argc, char **argv);
int kernel_main(int argc, char **argv);
int litmus_main(int argc, char **argv);

#endif
