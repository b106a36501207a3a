/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * irqweave run in a folder of the test's own, with what it says in files there. Included once by
 * each test of the command line that needs it.
 */
#ifndef TESTS_CLI_FIXTURE_H
#define TESTS_CLI_FIXTURE_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/files.h"

static char text[1 << 22];

static inline const char *read_text(const char *path)
{
    file_read(path, text, sizeof text);
    return text;
}

/* The exit code. Standard output goes to `out`, standard error to the file errors. */
static inline int run_to(const char *out, const char *arguments)
{
    char command[2000];
    snprintf(command, sizeof command, "'%s' %s >%s 2>errors", IRQWEAVE_PROGRAM, arguments, out);
    int status = system(command);
    cr_assert(WIFEXITED(status), "%s", arguments);
    return WEXITSTATUS(status);
}

static inline int run(const char *arguments)
{
    return run_to("out", arguments);
}

static inline void has_one_line(const char *arguments, const char *message)
{
    read_text("errors");
    cr_assert(strstr(text, message), "%s: %s", arguments, text);
    cr_assert_eq(strchr(text, '\n'), text + strlen(text) - 1, "%s: not one line: %s", arguments,
                 text);
}

static inline void refuses(const char *arguments, const char *message)
{
    cr_assert_eq(run(arguments), 2, "%s", arguments);
    has_one_line(arguments, message);
    cr_assert_str_eq(read_text("out"), "", "%s", arguments);
}

/* A fresh folder of this name beside the program becomes the working directory, and images are where a user has them: for
 * scenarios outside the tree, whose builds are kept by the path of their folder. */
static inline void enter_beside_program(const char *name)
{
    char folder[1000];
    snprintf(folder, sizeof folder, "rm -rf '%s-tests/%s' && mkdir -p '%s-tests/%s'", IRQWEAVE_PROGRAM, name,
             IRQWEAVE_PROGRAM, name);
    cr_assert_eq(system(folder), 0);
    snprintf(folder, sizeof folder, "%s-tests/%s", IRQWEAVE_PROGRAM, name);
    cr_assert_eq(chdir(folder), 0);
    unsetenv("IRQWEAVE_IMAGES");
}

static inline void leave_beside_program(void)
{
    cr_assert_eq(chdir("/"), 0);
}

#endif
