/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irqweave: finds the subcommand and runs it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

static const char HELP[] =
    "irqweave explores all interleavings of x86 interrupt-virtualization code, running the machine\n"
    "code itself on simulated cores.\n"
    "\n"
    "  irqweave list [--json]                     scenarios and their variants\n"
    "  irqweave reproduce SCENARIO                each variant: verdict beside the expected one, and\n"
    "                                             the shortest interleaving of each violation\n"
    "  irqweave reproduce --all                   a line for each scenario, and a summary\n"
    "  irqweave explore SCENARIO[:VARIANT]        one variant, or all; SCENARIO may be a folder,\n"
    "                                             ./my-race (docs/scenarios.md)\n"
    "      [--memory tso|sc] [--knob NAME=VALUE] [--json] [-o FILE]\n"
    "      [--algorithm optimal|source|sleep|dfs] [--no-minimise]\n"
    "      [--algorithm pct|random [--seed N] [--pct-depth D]]   a sample\n"
    "      [--max-executions N] [--max-seconds S] [--max-steps N] [--max-preemptions N]\n"
    "      [--jobs N] [--frontier FILE]\n"
    "  irqweave explore --resume FILE             goes on where Ctrl-C or a bound has ended it\n"
    "  irqweave audit SCENARIO[:VARIANT]          which fences, locks, checks and interrupt-disables\n"
    "      [--knob NAME=VALUE] [--json]           of safe code are needed: each is removed in turn\n"
    "      [--max-executions N] [--max-seconds S] [--jobs N]\n"
    "  irqweave replay FILE|SCHEDULE              a recording, or a schedule as explore prints it\n"
    "      [--step] [--json]\n"
    "  irqweave litmus FILE...                    litmus tests: reachable states, does the condition\n"
    "      [--memory tso|sc] [--json]             hold\n"
    "  irqweave kernel build --package NAME       KVM of an unmodified Linux tree as an image: of a\n"
    "  irqweave kernel build --tree DIR           Debian package, linux-source-6.12, or of a folder\n"
    "      [--cc CC] [--json]\n"
    "  irqweave kernel list [--json]              what has been built\n"
    "  irqweave doctor [--json]                   what is installed, what can run, all knobs\n"
    "  irqweave bench [--json]                    how fast it is here\n"
    "  irqweave bench explore [growth]            the explorer on well-known programs\n"
    "      [--only NAME] [--algorithm optimal|source|sleep|dfs] [--json]\n"
    "  irqweave test [--only-release]             builds and runs the tests (launcher only)\n"
    "\n"
    "  irqweave COMMAND --help                    more about one command\n"
    "  irqweave --version\n"
    "\n"
    "Exit codes: 0 nothing found, 1 something found, 2 wrong use or bad input, 3 incomplete (a bound\n"
    "was hit), 4 a part that cannot run here.\n";

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    bool needs_unicorn;
} commands[] = {
    {"list", list_main, false},          {"explore", explore_main, true},
    {"reproduce", reproduce_main, true}, {"replay", replay_main, true},
    {"audit", audit_main, true},
    {"litmus", litmus_main, true},       {"doctor", doctor_main, false},
    {"bench", bench_main, true},         {"kernel", kernel_main, false},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static int run(const struct command *c, int argc, char **argv)
{
    char text[200];
    if (c->needs_unicorn && !unicorn_supported(text, sizeof text))
        return cli_error("%s", text);
    return c->run(argc, argv);
}

static int unknown(const char *name)
{
    const char *names[COMMANDS];
    for (unsigned i = 0; i < COMMANDS; i++)
        names[i] = commands[i].name;
    const char *near = nearest_name(name, names, COMMANDS);
    if (near)
        return cli_error("unknown command '%.60s': did you mean '%s'?", name, near);
    return cli_error("unknown command '%.60s'; 'irqweave --help' names them all", name);
}

/* Coroutine stacks keep what the leak checker cannot see. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}

/* A closed standard stream must not be what a file opened later gets; what is written to this one
 * fails. */
static void occupy_streams(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDONLY);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

/* Output that did not arrive is an error, whatever the verdict was. */
static void finish_output(void)
{
    errno = 0;
    bool failed = ferror(stdout);
    if (fflush(stdout) || failed) {
        cli_error("standard output cannot be written: %s", errno ? strerror(errno)
                                                                 : "a write failed");
        _exit(EXIT_WRONG_USE);
    }
}

int main(int argc, char **argv)
{
    occupy_streams();
    atexit(finish_output);
    if (argc < 2) {
        fputs(HELP, stderr);
        return EXIT_WRONG_USE;
    }
    bool help = !strcmp(argv[1], "--help") || !strcmp(argv[1], "help");
    if (help || !strcmp(argv[1], "--version")) {
        if (argc > 2)
            return cli_error("%s takes no argument ('%.60s'); 'irqweave COMMAND --help' says more "
                             "about one command", argv[1], argv[2]);
        fputs(help ? HELP : "irqweave " IRQWEAVE_VERSION "\n", stdout);
        return EXIT_NOTHING_FOUND;
    }
    for (unsigned i = 0; i < COMMANDS; i++)
        if (!strcmp(argv[1], commands[i].name))
            return run(&commands[i], argc - 1, argv + 1);
    return unknown(argv[1]);
}
