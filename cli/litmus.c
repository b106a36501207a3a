/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irqweave litmus: the reachable final states of x86 litmus tests; do their conditions hold? */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/run.h"
#include "scenarios/litmus.h"

enum { LITMUS_JSON_VERSION = 1 };

struct job {
    const struct options *options;
    struct litmus_machines machines;
    struct litmus_test **tests; /* those that were read ... */
    unsigned count;
    unsigned *file_of;            /* ... and the argument that each came from */
    struct litmus_error *errors;  /* of assembling, a test each */
    struct litmus_error *unread;  /* of reading, an argument each */
    json_t *list;
    int status;
};

/* ---- Reading ---- */

/* The text of a file; NULL with the reason in `error`. Line 0: the file itself is wrong. */
static char *read_file(const char *path, size_t *size, struct litmus_error *error)
{
    *error = (struct litmus_error){0};
    FILE *f = fopen(path, "r");
    char *text = f ? malloc(LITMUS_TEXT_MAX + 1) : NULL;
    *size = text ? fread(text, 1, LITMUS_TEXT_MAX + 1, f) : 0;
    if (!f || ferror(f))
        snprintf(error->text, sizeof error->text, "cannot be read: %s", strerror(errno));
    else if (!text)
        snprintf(error->text, sizeof error->text, "no memory to read it");
    else if (*size > LITMUS_TEXT_MAX)
        snprintf(error->text, sizeof error->text, "longer than %d bytes", LITMUS_TEXT_MAX);
    if (f)
        fclose(f);
    if (!error->text[0])
        return text;
    free(text);
    return NULL;
}

/* The file's name without folder and ".litmus". */
static char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t length = strlen(name);
    if (length > 7 && !strcmp(name + length - 7, ".litmus"))
        length -= 7;
    return strndup(name, length);
}

static void read_test(struct job *j, unsigned argument)
{
    const char *path = j->options->arguments[argument];
    size_t size;
    char *text = read_file(path, &size, &j->unread[argument]);
    if (!text)
        return;
    char *name = base_name(path);
    struct litmus_test *t = litmus_parse(text, size, name, &j->unread[argument]);
    free(name);
    free(text);
    if (!t)
        return;
    j->file_of[j->count] = argument;
    j->tests[j->count++] = t;
}

/* ---- Output ---- */

static void report_error(struct job *j, const char *path, const struct litmus_error *e)
{
    char text[sizeof e->text + 20];
    if (e->line)
        snprintf(text, sizeof text, "%u: %s", e->line, e->text);
    else
        snprintf(text, sizeof text, " %s", e->text);
    cli_error("%s:%s", path, text);
    j->status = exit_code_worse(j->status, EXIT_WRONG_USE);
    if (j->list)
        json_array_append_new(j->list, json_pack("{s:o, s:o}", "file", text_to_json(path), "error",
                                                 text_to_json(text + (*text == ' '))));
}

/* A list of texts, one for each bound that was hit. */
static json_t *hit_bounds(const struct litmus_result *r)
{
    json_t *list = bounds_to_json(r->explored.bounds);
    if (r->cut)
        json_array_append_new(list, json_sprintf("loops were followed %d times", LITMUS_UNROLL));
    return list;
}

static void print_bounds(const struct litmus_test *t, const struct litmus_result *r)
{
    json_t *list = hit_bounds(r), *bound;
    size_t i;
    json_array_foreach(list, i, bound)
        printf("Incomplete %s: %s; there may be more states\n", t->name, json_string_value(bound));
    json_decref(list);
}

static void print_result(const struct litmus_test *t, const struct litmus_result *r)
{
    printf("Test %s %s\nStates %u\n", t->name, litmus_kind(t), r->state_count);
    for (unsigned i = 0; i < r->state_count; i++)
        puts(r->states[i]);
    printf("%s\nWitnesses\n", !r->decided ? "Undecided" : r->ok ? "Ok" : "No");
    bool negated = t->quantifier == LITMUS_NOT_EXISTS; /* herd7 swaps the two then */
    printf("Positive: %u Negative: %u\n", negated ? r->negative : r->positive,
           negated ? r->positive : r->negative);
    fputs("Condition ", stdout);
    litmus_print_condition(stdout, t);
    printf("\nObservation %s %s %u %u\n", t->name, litmus_observation(r), r->positive,
           r->negative);
    print_bounds(t, r);
    if (r->endless)
        printf("Endless %s: some executions never end and have no final state\n", t->name);
    putchar('\n');
    fflush(stdout);
}

static json_t *texts_to_json(char **texts, unsigned count)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < count; i++)
        json_array_append_new(list, json_string(texts[i]));
    return list;
}

static json_t *condition_to_json(const struct litmus_test *t)
{
    char *text;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    litmus_print_condition(f, t);
    fclose(f);
    json_t *string = json_string(text);
    free(text);
    return string;
}

static json_t *result_to_json(const char *path, const struct litmus_test *t,
                              const struct litmus_result *r)
{
    const struct explore_result *x = &r->explored;
    return json_pack(
        "{s:o, s:o, s:s, s:i, s:s, s:o, s:o, s:o, s:s, s:o, s:b, s:o, s:b, s:i, s:i, s:{s:I, s:I, "
        "s:I}, s:I, s:f}",
        "file", text_to_json(path), "name", text_to_json(t->name), "arch", t->arch == LITMUS_X86 ? "X86" : "X86_64", "threads",
        (int)t->threads, "kind", litmus_kind(t), "condition", condition_to_json(t), "states",
        texts_to_json(r->states, r->state_count), "all_states",
        texts_to_json(r->all_states, r->all_state_count), "observation", litmus_observation(r),
        "ok", r->decided ? json_boolean(r->ok) : json_null(), "complete", litmus_complete(r),
        "bounds", hit_bounds(r), "endless", r->endless, "positive",
        (int)r->positive, "negative", (int)r->negative, "executions", "complete",
        (json_int_t)x->complete, "blocked", (json_int_t)x->blocked, "redundant",
        (json_int_t)x->redundant, "steps", (json_int_t)x->steps, "seconds", x->seconds);
}

/* ---- Running ---- */

static void run_test(struct job *j, unsigned index)
{
    const char *path = j->options->arguments[j->file_of[index]];
    struct litmus_test *t = j->tests[index];
    struct litmus_result r;
    struct litmus_error e;
    if (t->bad) {
        report_error(j, path, &j->errors[index]);
        return;
    }
    if (!litmus_run(&j->machines, t, &j->options->explore, &r, &e)) {
        report_error(j, path, &e);
    } else {
        int code = !litmus_complete(&r) ? EXIT_INCOMPLETE : r.ok ? EXIT_NOTHING_FOUND : EXIT_FOUND;
        j->status = exit_code_worse(j->status, code);
        if (j->list)
            json_array_append_new(j->list, result_to_json(path, t, &r));
        else
            print_result(t, &r);
    }
    litmus_result_free(&r);
}

/* In the order of the arguments. */
static void run_all(struct job *j)
{
    for (unsigned i = 0, next = 0; i < j->options->count; i++) {
        if (next < j->count && j->file_of[next] == i)
            run_test(j, next++);
        else
            report_error(j, j->options->arguments[i], &j->unread[i]);
    }
}

static void print_json(const struct job *j)
{
    const struct options *o = j->options;
    json_t *object = json_pack("{s:i, s:s, s:s, s:O}", "version", LITMUS_JSON_VERSION, "memory",
                               o->model == MEMORY_SC ? "sc" : "tso", "algorithm",
                               algorithm_name[o->explore.algorithm], "tests", j->list);
    json_dumpf(object, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(object);
}

static void job_free(struct job *j)
{
    for (unsigned i = 0; i < j->count; i++)
        litmus_free(j->tests[i]);
    litmus_machines_free(&j->machines);
    json_decref(j->list);
    free(j->tests);
    free(j->file_of);
    free(j->errors);
    free(j->unread);
}

int litmus_main(int argc, char **argv)
{
    struct options o;
    char failure[300];
    options_parse(&o, argc, argv, "FILE...",
                  "Runs x86 litmus tests in the format of herd7 (docs/litmus.md): all final states "
                  "that are reachable, and whether the condition holds.", "jmaesp");
    if (!o.count)
        return cli_error("litmus takes the files of litmus tests; docs/litmus.md describes them");
    struct job j = {.options = &o, .machines = {.model = o.model}};
    j.tests = calloc(o.count, sizeof *j.tests);
    j.file_of = calloc(o.count, sizeof *j.file_of);
    j.errors = calloc(o.count, sizeof *j.errors);
    j.unread = calloc(o.count, sizeof *j.unread);
    j.list = o.json ? json_array() : NULL;
    for (unsigned i = 0; i < o.count; i++)
        read_test(&j, i);
    if (!litmus_assemble(j.tests, j.count, j.errors, failure, sizeof failure)) {
        cli_error("%s", failure);
        j.status = EXIT_CANNOT_RUN;
    } else {
        run_all(&j);
        if (o.json)
            print_json(&j);
    }
    job_free(&j);
    return j.status;
}
