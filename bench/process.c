/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/process.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

bool process_run(void (*work)(const void *task, void *result), const void *task, void *result,
                 size_t size, long *peak_kib)
{
    int fd[2], status;
    struct rusage usage;
    assert(size <= PIPE_BUF);
    if (pipe(fd))
        return false;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        work(task, result);
        _exit(write(fd[1], result, size) != (ssize_t)size);
    }
    close(fd[1]);
    bool ok = child > 0 && read(fd[0], result, size) == (ssize_t)size;
    close(fd[0]);
    if (child < 0 || wait4(child, &status, 0, &usage) != child)
        return false;
    *peak_kib = usage.ru_maxrss;
    return ok;
}
