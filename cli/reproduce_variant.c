/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One variant under a memory model: with the default knobs, then with each other value of each knob that this consulted, one
 * at a time. The brief form leaves out what follows from what has been explored, and what is large.
 */
#include <string.h>

#include "cli/reproduce.h"
#include "cli/run.h"
#include "sim/seconds.h"

struct model_run {
    const struct reproduction *work;
    const struct model_run *tso; /* the same under TSO, or NULL: nothing follows from it */
    struct session *session;
    const struct scenario_expected *expected;
    enum memory_model model;
    enum verdict verdict; /* with the default knobs */
    uint64_t consulted;   /* knobs, a bit each */
    bool large;           /* only values of knobs are tried that are expected to matter */
    json_t *settings;     /* other values of knobs, with their verdicts */
    json_t *depends;      /* knobs that change the verdict */
    unsigned left_out;    /* values of knobs that have not been tried */
    bool as_expected;
    char *error;
};

static enum verdict expected_verdict(const struct model_run *v)
{
    return v->model == MEMORY_SC ? v->expected->sc : v->expected->tso;
}

/* With what is left of the time that all explorations have together; a sample is no larger for that. */
static struct explore_options reproduction_options(const struct model_run *v)
{
    struct options given = *v->work->options;
    if (v->work->deadline > 0)
        given.explore.max_seconds = 0;
    struct explore_options options = run_options(&given, v->session->variant);
    if (v->work->deadline > 0) {
        double left = v->work->deadline - seconds_now();
        options.max_seconds = left > 0.01 ? left : 0.01;
    }
    return options;
}

/* ---- Other values of knobs ---- */

static bool expected_to_depend(const struct model_run *v, const char *knob)
{
    for (unsigned i = 0; i < v->expected->depends_count; i++)
        if (!strcmp(v->expected->depends[i], knob))
            return true;
    return false;
}

/* Each execution under SC is one under TSO, in which no store waits: what is safe with this value under TSO is safe. */
static bool is_implied(const struct model_run *v, const char *knob, const char *value)
{
    size_t i;
    json_t *setting;
    if (!v->tso)
        return false;
    json_array_foreach (v->tso->settings, i, setting)
        if (!strcmp(json_string_value(json_object_get(setting, "knob")), knob) &&
            !strcmp(json_string_value(json_object_get(setting, "value")), value))
            return v->verdict == VERDICT_SAFE &&
                   !strcmp(json_string_value(json_object_get(setting, "verdict")), verdict_name(VERDICT_SAFE));
    return false;
}

/* The verdict with one knob changed; the first violation is enough for that. */
static bool try_value(struct model_run *v, unsigned knob, unsigned value)
{
    struct explore_options options = reproduction_options(v);
    struct knobs knobs = {0};
    struct run run;
    const struct knob_info *info = &knob_table[knob];
    if (is_implied(v, info->name, info->values[value]))
        return true;
    knobs.value[knob] = (uint8_t)value;
    options.stop_at_first = true;
    if (!run_explore(&run, v->session, v->model, &knobs, &options, 1, v->error))
        return false;
    enum verdict verdict = run.result.verdict;
    json_array_append_new(v->settings, json_pack("{s:s, s:s, s:s}", "knob", info->name, "value",
                                                 info->values[value], "verdict",
                                                 verdict_name(verdict)));
    if (verdict != v->verdict) {
        json_array_append_new(v->depends, json_string(info->name));
        v->as_expected &= expected_to_depend(v, info->name);
    }
    run_free(&run);
    return true;
}

static bool try_knobs(struct model_run *v)
{
    for (unsigned knob = 0; knob < KNOB_COUNT; knob++) {
        unsigned values = v->consulted >> knob & 1 ? knob_values((enum knob)knob) : 1;
        if (v->large && !expected_to_depend(v, knob_table[knob].name)) {
            v->left_out += values - 1;
            continue;
        }
        for (unsigned value = 1; value < values; value++)
            if (!try_value(v, knob, value))
                return false;
    }
    return true;
}

/* ---- The default knobs ---- */

static bool finds_expected(const struct run *run)
{
    const struct scenario_expected *e = &run->session->variant->expected;
    for (unsigned i = 0; i < e->findings_count; i++)
        if (!explore_found(&run->result, run->session->m, e->findings[i]))
            return false;
    return true;
}

/*
 * In brief, a violation needs no more than what has to be found. A knob that was not consulted before that changes none of it,
 * so no value of it is left out.
 */
static json_t *explore_defaults_of(struct model_run *v)
{
    struct run run;
    struct explore_options options = reproduction_options(v);
    if (v->work->brief && expected_verdict(v) == VERDICT_VIOLATION) {
        options.stop_at_first = true;
        options.wanted = v->expected->findings;
        options.wanted_count = v->expected->findings_count;
    }
    if (!run_explore(&run, v->session, v->model, NULL, &options, 1, v->error))
        return NULL;
    v->verdict = run.result.verdict;
    v->as_expected = v->verdict == expected_verdict(v) && (v->verdict != VERDICT_VIOLATION || finds_expected(&run));
    v->consulted = run.result.knobs;
    v->large = v->work->brief && run.result.steps > v->work->most_steps;
    json_t *object = run_to_json(&run);
    if (run.best && !v->work->brief)
        json_object_set_new(object, "picture", run_picture(&run));
    run_free(&run);
    return object;
}

/* Under SC, of what is safe under TSO: no more knobs are consulted, and no more steps are made. */
static json_t *imply_defaults(struct model_run *v)
{
    v->verdict = VERDICT_SAFE;
    v->as_expected = expected_verdict(v) == VERDICT_SAFE;
    v->consulted = v->tso->consulted;
    v->large = v->tso->large;
    return json_pack("{s:s, s:s, s:b}", "memory", "sc", "verdict", verdict_name(VERDICT_SAFE), "implied", true);
}

/* NULL: v->error. */
static json_t *run_model(struct model_run *v)
{
    v->settings = json_array();
    v->depends = json_array();
    json_t *object = v->tso && v->tso->verdict == VERDICT_SAFE ? imply_defaults(v) : explore_defaults_of(v);
    if (!object || !try_knobs(v))
        return NULL;
    json_object_set_new(object, "expected", json_string(verdict_name(expected_verdict(v))));
    json_object_set_new(object, "settings", v->settings);
    json_object_set_new(object, "depends", v->depends);
    json_object_set_new(object, "as_expected", json_boolean(v->as_expected));
    if (v->work->brief)
        json_object_set_new(object, "left_out", json_integer(v->left_out));
    return object;
}

static struct model_run begin(const struct reproduction *work, const struct scenario_variant *variant, enum memory_model model,
                              char *error)
{
    run_is_quiet = true;
    return (struct model_run){.work = work, .expected = &variant->expected, .model = model, .error = error,
                              .session = session_open(work->scenario, variant, error)};
}

json_t *reproduce_one(const struct reproduction *work, const struct scenario_variant *variant, enum memory_model model)
{
    char error[SCENARIO_ERROR];
    struct model_run v = begin(work, variant, model, error);
    json_t *result = v.session ? run_model(&v) : NULL;
    return result ? result : json_pack("{s:s}", "error", error);
}

json_t *reproduce_both(const struct reproduction *work, const struct scenario_variant *variant)
{
    char error[SCENARIO_ERROR];
    struct model_run tso = begin(work, variant, MEMORY_TSO, error), sc = tso;
    json_t *first = tso.session ? run_model(&tso) : NULL, *second = NULL;
    sc.tso = &tso;
    sc.model = MEMORY_SC;
    if (first)
        second = run_model(&sc);
    return second ? json_pack("{s:o, s:o}", "tso", first, "sc", second) : json_pack("{s:s}", "error", error);
}
