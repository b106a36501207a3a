/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * irqweave reproduce --all: every scenario of the tree, a process a variant. All verdicts with the default knobs, under both
 * memory models; other values of knobs where an exploration is small or the variant's `depends` names them. What that leaves
 * out, and what is not explored because it follows, is printed.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/columns.h"
#include "cli/jobs.h"
#include "cli/reproduce.h"
#include "sim/seconds.h"

/* Steps of an exploration, as far as which all values of knobs are tried: a quarter of a second. */
enum { MOST_STEPS = 250000 };

struct place {
    const struct scenario *scenario;
    const struct scenario_variant *variant;
};

struct all {
    const struct options *options;
    struct scenario **scenario;
    unsigned scenarios, variants;
    struct place *place; /* of each variant */
    double deadline;
};

struct count {
    unsigned verdicts, right, wrong, incomplete, failed, explorations, implied, left_out;
};

/* ---- Exploring ---- */

static json_t *job(void *context, unsigned index)
{
    const struct all *all = context;
    const struct place *p = &all->place[index];
    struct reproduction r = {.options = all->options, .scenario = p->scenario, .brief = true,
                             .most_steps = MOST_STEPS, .deadline = all->deadline};
    return reproduce_both(&r, p->variant);
}

static bool load(struct all *all, char *error)
{
    char **names = scenario_names(scenario_images());
    unsigned count = 0;
    while (names && names[count])
        count++;
    all->scenario = calloc(count + 1, sizeof(struct scenario *));
    for (; all->scenarios < count; all->scenarios++) {
        struct scenario *s = scenario_load(scenario_images(), names[all->scenarios], error);
        if (!s)
            break;
        all->scenario[all->scenarios] = s;
        all->variants += s->variants_count;
    }
    scenario_names_free(names);
    if (!count)
        snprintf(error, SCENARIO_ERROR, "%.200s: no scenarios here", scenario_images());
    return count && all->scenarios == count;
}

static void place_variants(struct all *all)
{
    unsigned n = 0;
    all->place = calloc(all->variants, sizeof *all->place);
    for (unsigned i = 0; i < all->scenarios; i++)
        for (unsigned k = 0; k < all->scenario[i]->variants_count; k++)
            all->place[n++] = (struct place){all->scenario[i], &all->scenario[i]->variants[k]};
}

/* ---- Counting ---- */

static bool has_text(const json_t *object, const char *key, const char *text)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value && !strcmp(value, text);
}

/* Not as expected, but nothing that contradicts it: time has cut the run off, or that of a knob's value. */
static bool is_incomplete(const json_t *run)
{
    const char *incomplete = verdict_name(VERDICT_INCOMPLETE), *seconds = "seconds";
    size_t i;
    json_t *item;
    bool cut = false;
    if (has_text(run, "verdict", incomplete))
        return true;
    if (!has_text(run, "expected", json_string_value(json_object_get(run, "verdict"))))
        return false;
    json_array_foreach (json_object_get(run, "settings"), i, item)
        cut |= has_text(item, "verdict", incomplete);
    json_array_foreach (json_object_get(run, "bounds"), i, item)
        cut |= !strcmp(json_string_value(item), seconds);
    return cut;
}

static void say_wrong(const struct place *p, const json_t *run)
{
    size_t i;
    json_t *knob;
    bool differs = !has_text(run, "expected", json_string_value(json_object_get(run, "verdict")));
    fprintf(stderr, "irqweave: %s:%s under %s: %s, not %s as expected", p->scenario->name, p->variant->name,
            json_string_value(json_object_get(run, "memory")),
            is_incomplete(run) ? "incomplete" : differs ? json_string_value(json_object_get(run, "verdict")) : "other findings or knobs",
            json_string_value(json_object_get(run, "expected")));
    json_array_foreach (json_object_get(run, "depends"), i, knob)
        fprintf(stderr, "%s%s", i ? ", " : "; depends on ", json_string_value(knob));
    fputc('\n', stderr);
}

static void count_run(struct count *c, const struct place *p, const json_t *run)
{
    bool right = json_is_true(json_object_get(run, "as_expected"));
    bool incomplete = !right && is_incomplete(run);
    c->verdicts++;
    c->right += right;
    c->incomplete += incomplete;
    c->wrong += !right && !incomplete;
    bool implied = json_is_true(json_object_get(run, "implied"));
    c->implied += implied;
    c->explorations += !implied + (unsigned)json_array_size(json_object_get(run, "settings"));
    c->left_out += (unsigned)json_integer_value(json_object_get(run, "left_out"));
    if (!right)
        say_wrong(p, run);
}

static void count_variant(struct count *c, const struct place *p, const json_t *result)
{
    const char *error = json_string_value(json_object_get(result, "error"));
    if (error) {
        cli_error("%s:%s: %s", p->scenario->name, p->variant->name, error);
        c->failed++;
        return;
    }
    count_run(c, p, json_object_get(result, "tso"));
    count_run(c, p, json_object_get(result, "sc"));
}

static void add(struct count *to, const struct count *c)
{
    to->verdicts += c->verdicts;
    to->right += c->right;
    to->wrong += c->wrong;
    to->incomplete += c->incomplete;
    to->failed += c->failed;
    to->explorations += c->explorations;
    to->implied += c->implied;
    to->left_out += c->left_out;
}

/* ---- Output ---- */

static json_t *count_to_json(const char *name, const struct count *c)
{
    return json_pack("{s:s*, s:i, s:i, s:i, s:i, s:i, s:i}", "scenario", name, "verdicts", c->verdicts, "as_expected", c->right,
                     "failed", c->failed, "explorations", c->explorations, "implied", c->implied, "left_out", c->left_out);
}

static void print_row(const char *name, const struct count *c, int width)
{
    printf("%-*s  %8u %11u %7u %13u %9u\n", width, name, c->verdicts, c->right, c->verdicts - c->right + 2 * c->failed,
           c->explorations, c->left_out);
}

static void print_summary(const struct count *c, double seconds)
{
    printf("\n%u verdicts as expected, %u not, %u explorations, %.0f s\n", c->right, c->verdicts - c->right + 2 * c->failed,
           c->explorations, seconds);
    if (c->left_out)
        printf("left out: %u values of knobs, of variants whose exploration takes more than %d steps and whose 'depends' does "
               "not name the knob; 'irqweave reproduce SCENARIO' tries them\n", c->left_out, MOST_STEPS);
    if (c->implied)
        printf("implied: %u verdicts under SC, and values of knobs, of what is safe under TSO; each execution under SC is one "
               "under TSO, too\n", c->implied);
}

static int exit_code(const struct count *c)
{
    if (c->failed)
        return EXIT_WRONG_USE;
    return c->wrong ? EXIT_FOUND : c->incomplete ? EXIT_INCOMPLETE : EXIT_NOTHING_FOUND;
}

static int report(const struct all *all, json_t **results, double seconds)
{
    struct count total = {0};
    json_t *list = json_array();
    int width = 8;
    unsigned n = 0;
    for (unsigned i = 0; i < all->scenarios; i++)
        width = (int)strlen(all->scenario[i]->name) > width ? (int)strlen(all->scenario[i]->name) : width;
    if (!all->options->json)
        printf("%-*s  verdicts as expected     not  explorations  left out\n", width, "scenario");
    for (unsigned i = 0; i < all->scenarios; i++) {
        struct count c = {0};
        for (unsigned k = 0; k < all->scenario[i]->variants_count; k++, n++)
            count_variant(&c, &all->place[n], results[n]);
        if (!all->options->json)
            print_row(all->scenario[i]->name, &c, width);
        json_array_append_new(list, count_to_json(all->scenario[i]->name, &c));
        add(&total, &c);
    }
    if (all->options->json) {
        json_t *object = json_pack("{s:i, s:o, s:o, s:f}", "version", 1, "scenarios", list, "total", count_to_json(NULL, &total),
                                   "seconds", seconds);
        json_dumpf(object, stdout, JSON_INDENT(1));
        putchar('\n');
        json_decref(object);
        return exit_code(&total);
    }
    json_decref(list);
    print_summary(&total, seconds);
    return exit_code(&total);
}

int reproduce_all(const struct options *o)
{
    struct all all = {.options = o};
    char error[SCENARIO_ERROR];
    double started = seconds_now();
    if (o->count)
        return cli_error("reproduce --all takes no SCENARIO ('%.60s')", o->arguments[0]);
    if (!load(&all, error))
        return cli_error("%s", error);
    place_variants(&all);
    all.deadline = o->explore.max_seconds > 0 ? started + o->explore.max_seconds : 0;
    json_t **results = jobs_run("variants", all.variants, options_jobs(o), job, &all, NULL);
    int status = report(&all, results, seconds_now() - started);
    for (unsigned i = 0; i < all.variants; i++)
        json_decref(results[i]);
    free(results);
    for (unsigned i = 0; i < all.scenarios; i++)
        scenario_free(all.scenario[i]);
    free(all.scenario);
    free(all.place);
    return status;
}
