/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/resume.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/reference.h"

/* ---- Going on ---- */

/* These would make another exploration of it. */
static bool check_options(const struct options *o, char *error)
{
    static const struct {
        int key;
        const char *name;
    } fixed[] = {{OPTION_MEMORY, "memory"}, {OPTION_KNOB, "knob"},
                 {OPTION_ALGORITHM, "algorithm"}, {OPTION_MAX_STEPS, "max-steps"},
                 {OPTION_MAX_PREEMPTIONS, "max-preemptions"}};
    for (unsigned i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        if (!(o->given & option_bit(fixed[i].key)))
            continue;
        snprintf(error, SCENARIO_ERROR, "--%s cannot go with --resume: the exploration in %.200s "
                 "has its own", fixed[i].name, o->resume);
        return false;
    }
    return true;
}

bool resume_read(struct frontier *f, const struct options *o, char name[200], char *error)
{
    if (!check_options(o, error) || !frontier_read(f, o->resume, error, SCENARIO_ERROR))
        return false;
    snprintf(name, 200, "%.90s:%.90s", f->setup.scenario, f->setup.variant);
    bool same = !o->count || !strcmp(o->arguments[0], name);
    bool known = !strcmp(f->program, IRQWEAVE_VERSION);
    if (!same)
        snprintf(error, SCENARIO_ERROR, "%.200s: left by an exploration of %s, not of %.90s",
                 o->resume, name, o->arguments[0]);
    else if (!known)
        snprintf(error, SCENARIO_ERROR, "%.200s: written by irqweave %.20s, this is %s, which may "
                 "take other steps: explore it anew", o->resume, f->program, IRQWEAVE_VERSION);
    if (!same || !known)
        frontier_free(f);
    return same && known;
}

bool resume_configure(struct frontier *f, struct session *s, const char *path, char *error)
{
    char why[SCENARIO_ERROR];
    if (!image_matches(&f->setup, s, path, "left by an exploration of", error))
        return false;
    session_configure(s, f->setup.model, &f->setup.knobs);
    if (frontier_fit(f, s->m, why, sizeof why))
        return true;
    snprintf(error, SCENARIO_ERROR, "%.150s: %.150s", path, why);
    return false;
}

/* ---- Leaving ---- */

bool leave_possible(const struct options *o, char *error)
{
    const char *path = o->frontier ? o->frontier : o->resume;
    bool own = o->frontier && o->resume && !strcmp(o->frontier, o->resume);
    if (o->frontier && !own && access(o->frontier, F_OK) == 0) {
        snprintf(error, SCENARIO_ERROR, "%.200s: exists, and would be lost; another name or "
                 "--resume is right", o->frontier);
        return false;
    }
    return !path || run_file_writable(path, error, SCENARIO_ERROR);
}

/* Without a name on the line: one that is free. */
static char *free_name(const struct session *s)
{
    size_t size = strlen(s->scenario->name) + strlen(s->variant->name) + 40;
    char *path = malloc(size);
    assert(path);
    snprintf(path, size, "%s-%s.frontier", s->scenario->name, s->variant->name);
    for (unsigned i = 2; access(path, F_OK) == 0; i++)
        snprintf(path, size, "%s-%s.%u.frontier", s->scenario->name, s->variant->name, i);
    return path;
}

bool leave_write(const struct run *r, const struct options *o, char **path, char *error)
{
    const struct session *s = r->session;
    const char *name = o->frontier ? o->frontier : o->resume;
    struct frontier f = {
        .setup = {.scenario = s->scenario->called, .variant = s->variant->name,
                  .image_hash = s->image.hash, .model = s->m->model, .knobs = s->knobs},
        .program = IRQWEAVE_VERSION,
        .algorithm = r->options.algorithm,
        .max_steps = r->options.max_steps,
        .partition = r->partition,
    };
    *path = name ? strdup(name) : free_name(s);
    if (!frontier_write(&f, s->m, *path, error, SCENARIO_ERROR)) {
        free(*path);
        *path = NULL;
        return false;
    }
    fprintf(stderr, "irqweave: not everything has been explored; to go on: irqweave explore "
            "--resume '%s'\n", *path);
    return true;
}

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
    (void)signal;
    stopped = 1;
}

const volatile sig_atomic_t *leave_on_signals(bool second_ends)
{
    struct sigaction a = {.sa_handler = stop, .sa_flags = second_ends ? (int)SA_RESETHAND : 0};
    sigaction(SIGINT, &a, NULL);
    sigaction(SIGTERM, &a, NULL);
    return &stopped;
}
