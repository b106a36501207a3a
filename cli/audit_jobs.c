/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the processes of an audit do: explore the code as it is, and without one thing. */
#include <stdlib.h>
#include <string.h>

#include "cli/audit.h"
#include "cli/resume.h"
#include "cli/run.h"
#include "scenarios/under_test.h"
#include "sim/check.h"
#include "sim/serial.h"

static json_t *failed(const char *error)
{
    return json_pack("{s:s}", "error", error);
}

/* ---- The code as it is ---- */

/* Names the function that is called. */
static void name_callee(const struct session *s, char *text, size_t size)
{
    const struct image_symbol *callee = NULL;
    if (!strncmp(text, "call 0x", 7))
        callee = image_symbol_at(&s->image, strtoull(text + 5, NULL, 16));
    if (callee)
        snprintf(text, size, "call %.80s", callee->name);
}

/* Where, in words. */
static json_t *describe(const struct session *s, uint64_t address)
{
    struct image_place place;
    char text[100];
    image_place(&s->image, address, &place);
    decoder_text(&s->cpu->decoder, address, text, sizeof text);
    name_callee(s, text, sizeof text);
    const struct image_frame unknown = {"?", "", 0};
    const struct image_frame *outer = place.count ? &place.frame[place.count - 1] : &unknown;
    json_t *object = json_pack("{s:s, s:s, s:i, s:s}", "function", outer->function, "file", outer->file, "line",
                               (int)outer->line, "instruction", text);
    if (place.count > 1)
        json_object_set_new(object, "inlined", json_pack("{s:s, s:s, s:i}", "function", place.frame[0].function, "file",
                                                         place.frame[0].file, "line", (int)place.frame[0].line));
    return object;
}

static uint64_t target_of(const struct mutation *m)
{
    int32_t distance;
    if (m->size == 2)
        return m->address + 2 + (uint64_t)(int8_t)m->old[1];
    memcpy(&distance, m->old + 2, sizeof distance);
    return m->address + 6 + (uint64_t)distance;
}

/* Why no execution can tell the mutation from the code as it is, or NULL. */
static const char *unreached(const struct session *s, const struct mutation *m)
{
    const struct decoder *d = &s->cpu->decoder;
    if (!decoder_knows(d, m->address))
        return "never executed";
    if (m->kind == MUTATION_CHECK_NEVER && !decoder_knows(d, target_of(m)))
        return "never taken";
    if (m->kind == MUTATION_CHECK_ALWAYS && !decoder_knows(d, m->address + m->size))
        return "always taken";
    return NULL;
}

static json_t *mutation_to_json(const struct session *s, const struct mutation *m)
{
    char key[MUTATION_KEY];
    json_t *object = describe(s, m->address);
    const char *why = unreached(s, m);
    mutation_key(m, key, sizeof key);
    json_object_set_new(object, "key", json_string(key));
    json_object_set_new(object, "kind", json_string(mutation_name[m->kind]));
    if (m->other)
        json_object_set_new(object, "other", describe(s, m->other));
    if (m->kind == MUTATION_CHECK_NEVER || m->kind == MUTATION_CHECK_ALWAYS)
        json_object_set_new(object, "target", describe(s, target_of(m)));
    if (why) {
        json_object_set_new(object, "outcome", json_string(audit_outcome_name[AUDIT_UNREACHED]));
        json_object_set_new(object, "why", json_string(why));
    }
    return object;
}

static json_t *mutations_to_json(const struct session *s)
{
    struct mutation_list list = {0};
    json_t *array = json_array();
    under_test_mutations(&s->image, s->m->memory.ram, s->cpu->touched, &list);
    for (unsigned i = 0; i < list.count; i++)
        json_array_append_new(array, mutation_to_json(s, &list.item[i]));
    mutation_list_free(&list);
    return array;
}

json_t *audit_baseline_job(void *context, unsigned index)
{
    const struct audit *a = context;
    struct explore_options options = run_options(a->options, a->variant);
    char error[SCENARIO_ERROR];
    struct serial_result serial;
    struct run run;
    (void)index;
    options.max_executions = 0; /* bounds are those of a mutation: all rests on this one */
    options.max_seconds = 0;
    run_is_quiet = true;
    leave_on_signals(false);
    struct session *s = session_open(a->scenario, a->variant, error);
    if (!s)
        return failed(error);
    s->cpu->touched = calloc(1, s->m->memory.size);
    assert(s->cpu->touched);
    decoder_forget(&s->cpu->decoder); /* what set-up alone executes is not explored */
    if (!run_explore(&run, s, MEMORY_TSO, &a->options->knobs, &options, 1, error))
        return failed(error);
    json_t *object = run_to_json(&run);
    serial_explore(s->m, &serial);
    if (run.result.verdict == VERDICT_SAFE && (serial.finding.kind || serial.bounds))
        return failed("a bug of irqweave: an execution without interleaving fails, although all are safe");
    return json_pack("{s:o, s:o}", "baseline", object, "mutations", mutations_to_json(s));
}

/* ---- One thing less ---- */

static json_t *outcome_of(enum audit_outcome outcome, const char *why)
{
    return json_pack("{s:s, s:s}", "outcome", audit_outcome_name[outcome], "why", why);
}

static json_t *findings_of(const struct run *run)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < run->result.finding_count; i++)
        if (run->result.finding[i].finding.kind != FINDING_LIMIT)
            json_array_append_new(list, json_string(finding_title(&run->result.finding[i].finding)));
    return list;
}

/* What fails without interleaving: no interleaving proves anything about it. */
static json_t *fails_alone(struct session *s)
{
    struct serial_result serial;
    serial_explore(s->m, &serial);
    if (serial.finding.kind) {
        json_t *object = outcome_of(AUDIT_ALONE, serial.finding.message);
        json_object_set_new(object, "findings", json_pack("[s]", finding_title(&serial.finding)));
        return object;
    }
    if (serial.bounds & (BOUND_INSTRUCTIONS | BOUND_STEPS))
        return outcome_of(AUDIT_ALONE, "it does not come to an end");
    return NULL;
}

/* A violation is a fact wherever the exploration has ended; "safe" is one only if nothing has ended it. */
static json_t *judge(struct run *run)
{
    char bounds[200];
    bounds_describe(run->result.bounds, bounds, sizeof bounds);
    bool limit_only = run->best && run->best->finding.kind == FINDING_LIMIT;
    if (run->result.verdict == VERDICT_SAFE)
        return outcome_of(AUDIT_NO_DIFFERENCE, "");
    if (limit_only)
        return outcome_of(AUDIT_UNDECIDED, run->best->finding.message);
    if (!run->best)
        return outcome_of(AUDIT_UNDECIDED, bounds);
    json_t *object = outcome_of(AUDIT_LOAD_BEARING, run->best->finding.message);
    json_object_set_new(object, "findings", findings_of(run));
    json_object_set_new(object, "picture", run_picture(run));
    return object;
}

json_t *audit_mutation_job(void *context, unsigned index)
{
    const struct audit *a = context;
    struct explore_options options = run_options(a->options, a->variant);
    const char *key = json_string_value(json_object_get(a->todo[index], "key"));
    char error[SCENARIO_ERROR];
    struct run run;
    run_is_quiet = true;
    leave_on_signals(false);
    options.max_executions = (uint64_t)json_integer_value(json_object_get(a->result, "max_executions"));
    struct session *s = session_open_mutated(a->scenario, a->variant, key, error);
    if (!s)
        return outcome_of(AUDIT_ALONE, error);
    session_configure(s, MEMORY_TSO, &a->options->knobs);
    json_t *alone = fails_alone(s);
    if (alone)
        return alone;
    if (!run_explore(&run, s, MEMORY_TSO, &a->options->knobs, &options, 1, error))
        return failed(error);
    json_t *object = judge(&run);
    json_object_set_new(object, "run", run_to_json(&run));
    return object;
}
