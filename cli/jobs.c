/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/jobs.h"

#include <assert.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { JOBS_MAX = 64, LOOK_EVERY_MS = 100 };

struct job {
    pid_t pid; /* 0: this place is free */
    int pipe;
    unsigned index;
    bool told; /* to stop */
    char *text;
    size_t length, capacity;
};

unsigned jobs_default(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > JOBS_MAX ? JOBS_MAX : (unsigned)n;
}

static void work(int pipe, job_function *function, void *context, unsigned index)
{
    json_t *result = function(context, index);
    int failed = json_dumpfd(result, pipe, JSON_COMPACT);
    fflush(NULL);
    _exit(failed ? 1 : 0);
}

/* Forks, and says whether `stop` was set before: what a job inherits it need not be told, and until it
 * listens for itself it has the handlers of then. No signal comes in between. */
static pid_t fork_job(const volatile sig_atomic_t *stop, bool *told)
{
    sigset_t signals, before;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, &before);
    *told = stop && *stop;
    pid_t pid = fork();
    sigprocmask(SIG_SETMASK, &before, NULL);
    assert(pid >= 0);
    return pid;
}

static void start(struct job *j, unsigned index, job_function *function, void *context,
                  const volatile sig_atomic_t *stop)
{
    int ends[2];
    int failed = pipe(ends);
    assert(!failed);
    fflush(NULL);
    *j = (struct job){.pipe = ends[0], .index = index};
    j->pid = fork_job(stop, &j->told);
    if (j->pid == 0) {
        close(ends[0]);
        work(ends[1], function, context, index);
    }
    close(ends[1]);
}

/* False at the end of the job's output. */
static bool receive(struct job *j)
{
    if (j->length == j->capacity) {
        j->capacity = 2 * j->capacity + 65536;
        j->text = realloc(j->text, j->capacity);
        assert(j->text);
    }
    ssize_t n = read(j->pipe, j->text + j->length, j->capacity - j->length);
    j->length += n > 0 ? (size_t)n : 0;
    return n > 0;
}

static json_t *finish(struct job *j)
{
    int status = 0;
    close(j->pipe);
    waitpid(j->pid, &status, 0);
    json_t *result = json_loadb(j->text ? j->text : "", j->length, 0, NULL);
    if (!result && WIFSIGNALED(status))
        result = json_pack("{s:o}", "error", json_sprintf("job %u was ended by signal %d (%s)",
                           j->index + 1, WTERMSIG(status), strsignal(WTERMSIG(status))));
    if (!result)
        result = json_pack("{s:o}", "error", json_sprintf("job %u gave no result", j->index + 1));
    free(j->text);
    j->pid = 0;
    return result;
}

static void wait_for_any(struct job *job, unsigned parallel, json_t **results, unsigned *running)
{
    struct pollfd polled[JOBS_MAX];
    for (unsigned i = 0; i < parallel; i++)
        polled[i] = (struct pollfd){.fd = job[i].pid ? job[i].pipe : -1, .events = POLLIN};
    if (poll(polled, parallel, LOOK_EVERY_MS) <= 0)
        return;
    for (unsigned i = 0; i < parallel; i++) {
        if (!job[i].pid || !polled[i].revents || receive(&job[i]))
            continue;
        results[job[i].index] = finish(&job[i]);
        (*running)--;
    }
}

/* Each that was started before is told once; it may have been signalled as well, which is the same to
 * it. */
static void pass_on(struct job *job, unsigned parallel)
{
    for (unsigned i = 0; i < parallel; i++) {
        if (job[i].pid && !job[i].told)
            kill(job[i].pid, SIGTERM);
        job[i].told = job[i].pid;
    }
}

/* On a terminal only; an empty line at the end. */
static void show_progress(const char *what, unsigned done, unsigned count)
{
    if (!isatty(STDERR_FILENO))
        return;
    if (done < count)
        fprintf(stderr, "\r%u of %u %s\033[K", done, count, what);
    else
        fputs("\r\033[K", stderr);
}

json_t **jobs_run(const char *what, unsigned count, unsigned parallel, job_function *function,
                  void *context, const volatile sig_atomic_t *stop)
{
    struct job job[JOBS_MAX] = {{0}};
    json_t **results = calloc(count + 1, sizeof *results);
    unsigned started = 0, running = 0;
    assert(results);
    assert(parallel >= 1 && parallel <= JOBS_MAX);
    while (started < count || running) {
        for (unsigned i = 0; i < parallel && started < count; i++) {
            if (job[i].pid)
                continue;
            start(&job[i], started++, function, context, stop);
            running++;
        }
        show_progress(what, started - running, count);
        if (stop && *stop)
            pass_on(job, parallel);
        wait_for_any(job, parallel, results, &running);
    }
    show_progress(what, count, count);
    return results;
}
