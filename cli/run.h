/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One exploration of one variant, and the story of the shortest violation that it found. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include <jansson.h>
#include <stdio.h>

#include "cli/story.h"
#include "sim/partition.h"

struct run {
    struct session *session;
    struct explore_options options;
    struct explore_result result;
    struct partition partition; /* what has been explored, and what is left; empty if that is not kept */
    char *frontier;             /* the file that holds what is left, or NULL */
    struct visible_range *visible; /* the set in force at the end */
    unsigned visible_count;
    const struct counterexample *best; /* a violation if there is one; fewest switches, then
                                        fewest steps; NULL: none */
    char *reference;                   /* of the best, as replay takes it */
    struct trace trace;
    struct story story;
};

/* Set in processes that run jobs: no progress line of their own. */
extern bool run_is_quiet;

struct options;

/* The options that an exploration of this variant has: what is too large is sampled, unless the line says how it is to be
 * explored. */
struct explore_options run_options(const struct options *, const struct scenario_variant *);

/* Explores under this memory model and these knobs, in so many processes. False: a violation did
 * not replay, or a process has died, which is a bug of this program; `error` says what. */
bool run_explore(struct run *, struct session *, enum memory_model, const struct knobs *,
                 const struct explore_options *, unsigned jobs, char *error);

/* Goes on with a partition that was left, which it takes over; the session is configured. */
bool run_resume(struct run *, struct session *, struct partition *, const struct explore_options *,
                unsigned jobs, char *error);
void run_free(struct run *);

/* EXIT_NOTHING_FOUND, EXIT_FOUND or EXIT_INCOMPLETE. */
int verdict_exit_code(enum verdict);

/* The recording of the best violation; see sim/recording.h. */
bool run_record(const struct run *, const char *path, char *error);

/* ---- Forms of output ---- */

void run_print(FILE *, const struct run *);
void run_print_summary(FILE *, const struct run *); /* verdict, counts, knobs, bounds */
void print_replay_command(FILE *, const char *reference);

/* A text from outside, a name of a file say, need not be UTF-8, as JSON wants it: then '?' stands
 * for each byte that is not ASCII. */
json_t *text_to_json(const char *);
json_t *run_to_json(const struct run *);
json_t *run_picture(struct run *); /* what run_print() prints, as a string */
json_t *story_to_json(const struct story *);
json_t *finding_to_json(const struct finding *);
json_t *dropped_to_json(const struct machine *, uint64_t dropped); /* a list of kind, invariant */
json_t *bounds_to_json(uint32_t bounds); /* list of texts, one a bound */
json_t *knobs_to_json(const struct knobs *, uint64_t which);

#endif
