/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/script.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 8 };

static void execute(const char *const *script, int output)
{
    const char *argv[ARGUMENTS_MAX + 2] = {"sh"};
    for (unsigned i = 0; script[i]; i++) {
        assert(i < ARGUMENTS_MAX);
        argv[i + 1] = script[i];
    }
    dup2(output, STDOUT_FILENO);
    execv("/bin/sh", (char **)argv);
    _exit(127);
}

/* All of it is read, so that the script is never kept from going on. */
static void read_line(int end, char *line, size_t size)
{
    char more[256];
    size_t used = 0;
    ssize_t n;
    while (used < size - 1 && (n = read(end, line + used, size - 1 - used)) > 0)
        used += (size_t)n;
    while (read(end, more, sizeof more) > 0)
        ;
    line[used] = 0;
    line[strcspn(line, "\n")] = 0;
}

int script_run(const char *const *script, char *line, size_t size)
{
    int ends[2], status;
    line[0] = 0;
    if (pipe(ends))
        return -1;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        execute(script, ends[1]);
    }
    close(ends[1]);
    if (pid > 0)
        read_line(ends[0], line, size);
    close(ends[0]);
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
