/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- Running ---- */

void outcome_run(struct outcome *o, struct explorer *x, const struct partition *p,
                 struct machine *m, const struct task *t)
{
    *o = (struct outcome){0};
    partition_show(p, m);
    o->stable = explorer_run(x, t, &o->result, &o->rest);
    o->observed = m->observed_core;
    o->found_count = m->visibility.found;
    o->found = malloc((o->found_count + 1) * sizeof *o->found);
    assert(o->found);
    for (uint32_t i = 0; i < o->found_count; i++)
        o->found[i] = m->visibility.found_at[i];
}

void outcome_free(struct outcome *o)
{
    explore_result_free(&o->result);
    rest_free(&o->rest);
    free(o->found);
    *o = (struct outcome){0};
}

/* ---- Sockets: both ends are the same program, so structures go as they are ---- */

static bool put(int fd, const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size) {
        ssize_t n = send(fd, at, size, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        size -= (size_t)n;
    }
    return true;
}

static bool get(int fd, void *bytes, size_t size)
{
    char *at = bytes;
    while (size) {
        ssize_t n = read(fd, at, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        size -= (size_t)n;
    }
    return true;
}

static bool get_new(int fd, void *pointer, size_t size)
{
    void *bytes = malloc(size + 1);
    assert(bytes);
    memcpy(pointer, &bytes, sizeof bytes);
    return get(fd, bytes, size);
}

bool worker_send(struct worker *w, const struct task *t)
{
    return put(w->socket, t, sizeof *t) && put(w->socket, t->step, t->length * sizeof *t->step);
}

/* `known` stays what it was at the fork: it does not change while tasks run. */
static bool receive_task(int fd, struct task *t)
{
    return get(fd, t, sizeof *t) && get_new(fd, &t->step, t->length * sizeof *t->step);
}

static bool send_outcome(int fd, const struct outcome *o)
{
    bool ok = put(fd, o, sizeof *o) &&
              put(fd, o->rest.node, o->rest.node_count * sizeof *o->rest.node) &&
              put(fd, o->rest.request, o->rest.request_count * sizeof *o->rest.request) &&
              put(fd, o->found, o->found_count * sizeof *o->found);
    for (unsigned i = 0; i < o->result.finding_count; i++) {
        const struct schedule *s = &o->result.finding[i].schedule;
        ok = ok && put(fd, s->choice, s->count * sizeof *s->choice);
    }
    return ok;
}

bool worker_receive(struct worker *w, struct outcome *o)
{
    int fd = w->socket;
    struct rest *r = &o->rest;
    bool ok = get(fd, o, sizeof *o);
    if (!ok) {
        *o = (struct outcome){0};
        return false;
    }
    ok = get_new(fd, &r->node, r->node_count * sizeof *r->node);
    ok &= get_new(fd, &r->request, r->request_count * sizeof *r->request);
    ok &= get_new(fd, &o->found, o->found_count * sizeof *o->found);
    for (unsigned i = 0; i < o->result.finding_count; i++) {
        struct schedule *s = &o->result.finding[i].schedule;
        ok &= get_new(fd, &s->choice, s->count * sizeof *s->choice);
        s->capacity = s->count;
    }
    w->busy = false;
    return ok;
}

/* ---- The process ---- */

static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

static void note_progress(void *context, uint64_t executions, double fraction)
{
    volatile struct worker_progress *p = context;
    p->executions = executions;
    p->fraction = fraction;
}

/* Ctrl-C reaches all processes of the terminal; the others get the signal from worker_interrupt(). */
static void work(struct machine *m, const struct explore_options *options,
                 const struct partition *p, int fd,
                 volatile struct worker_progress *progress)
{
    struct explore_options own = *options;
    struct task t;
    explore_defaults(&own);
    own.max_executions = 0;
    own.max_seconds = 0;
    own.stop = &interrupted;
    own.on_progress = note_progress;
    own.progress_context = (void *)progress;
    struct explorer *x = explorer_new(m, &own);
    while (receive_task(fd, &t)) {
        struct outcome o;
        outcome_run(&o, x, p, m, &t);
        if (!send_outcome(fd, &o))
            break;
        outcome_free(&o);
        free((void *)t.step);
    }
    _exit(0);
}

static void set_signals(void)
{
    struct sigaction a = {.sa_handler = interrupt};
    interrupted = 0;
    sigaction(SIGINT, &a, NULL);
    sigaction(SIGTERM, &a, NULL);
}

bool worker_start(struct worker *w, struct machine *m, const struct explore_options *options,
                  const struct partition *p, volatile struct worker_progress *progress)
{
    int ends[2];
    *w = (struct worker){.progress = progress};
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
        return false;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        set_signals();
        close(ends[0]);
        work(m, options, p, ends[1], progress);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return false;
    }
    w->pid = pid;
    w->socket = ends[0];
    return true;
}

void worker_interrupt(const struct worker *w)
{
    if (w->pid)
        kill(w->pid, SIGTERM);
}

int worker_end(struct worker *w)
{
    int status = 0;
    if (!w->pid)
        return 0;
    close(w->socket);
    kill(w->pid, SIGKILL); /* it keeps nothing that anybody needs */
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
        ;
    w->pid = 0;
    return status;
}

void worker_bury(struct worker *w, char *error, size_t size)
{
    int status = worker_end(w);
    w->busy = false;
    if (WIFSIGNALED(status))
        snprintf(error, size, "a process of the exploration was ended by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else
        snprintf(error, size, "a process of the exploration ended by itself");
}
