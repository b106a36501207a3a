/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run found, as JSON; docs/json.md documents the shapes. */
#include "cli/run.h"

#include <stdlib.h>
#include <string.h>

#include "sim/check.h"
#include "sim/recording.h"
#include "sim/sample.h"

enum { JSON_VERSION = 1 };

json_t *text_to_json(const char *text)
{
    json_t *string = json_string(text);
    if (string)
        return string;
    char *ascii = strdup(text);
    assert(ascii);
    for (char *c = ascii; *c; c++)
        *c = *c & 0x80 ? '?' : *c;
    string = json_string(ascii);
    free(ascii);
    return string;
}

json_t *knobs_to_json(const struct knobs *k, uint64_t which)
{
    json_t *object = json_object();
    for (unsigned i = 0; i < KNOB_COUNT; i++)
        if (which >> i & 1)
            json_object_set_new(object, knob_table[i].name,
                                json_string(knob_table[i].values[k->value[i]]));
    return object;
}

static json_t *hexadecimal(uint64_t value)
{
    return json_sprintf("%#llx", (unsigned long long)value);
}

/* ---- The interleaving ---- */

static void add_place(json_t *object, const struct image_place *place)
{
    json_t *inlined = json_array();
    for (unsigned i = 0; i + 1 < place->count; i++)
        json_array_append_new(inlined, json_string(place->frame[i].function));
    const struct image_frame *f = place->count ? &place->frame[place->count - 1] : NULL;
    json_object_set_new(object, "function", f ? json_string(f->function) : json_null());
    json_object_set_new(object, "file", f && f->file[0] ? json_string(f->file) : json_null());
    json_object_set_new(object, "line", f && f->line ? json_integer(f->line) : json_null());
    json_object_set_new(object, "inlined", inlined);
}

static void add_access(json_t *object, const struct story *story, const struct step *s)
{
    char name[SYMBOL_TEXT];
    if (s->address == ~0ull)
        return;
    symbolise_address(story->session, s->address, name, sizeof name);
    json_object_set_new(object, "address", hexadecimal(s->address));
    json_object_set_new(object, "name", json_string(name));
    json_object_set_new(object, "size", json_integer(s->size));
    json_object_set_new(object, "value", hexadecimal(s->value));
    if (s->action == STEP_RMW)
        json_object_set_new(object, "old", hexadecimal(s->old));
}

static json_t *event_to_json(const struct story *story, const struct story_event *e)
{
    json_t *notes = json_array();
    for (unsigned i = 0; i < e->step->note_count; i++)
        json_array_append_new(notes, json_string(e->step->notes[i]));
    json_t *object = json_pack("{s:i, s:s, s:s, s:s}", "step", (int)e->number, "agent", e->agent,
                               "kind", step_action_name(e->step->action), "action", e->action);
    json_object_set_new(object, "pc", e->step->pc ? hexadecimal(e->step->pc) : json_null());
    add_place(object, &e->place);
    add_access(object, story, e->step);
    json_object_set_new(object, "met", json_boolean(e->step->met));
    json_object_set_new(object, "buffered", json_integer(e->step->buffered));
    json_object_set_new(object, "cycle", json_integer((json_int_t)e->step->cycle));
    if (e->buffer[0])
        json_object_set_new(object, "buffer", json_string(e->buffer));
    if (e->remark[0])
        json_object_set_new(object, "remark", json_string(e->remark));
    json_object_set_new(object, "notes", notes);
    return object;
}

json_t *story_to_json(const struct story *story)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < story->count; i++)
        json_array_append_new(list, event_to_json(story, &story->event[i]));
    return list;
}

json_t *finding_to_json(const struct finding *f)
{
    return json_pack("{s:s, s:s?, s:s}", "kind", finding_kind_name(f->kind), "invariant",
                     f->name[0] ? f->name : NULL, "message", f->message);
}

json_t *dropped_to_json(const struct machine *m, uint64_t dropped)
{
    json_t *list = json_array();
    for (unsigned bit = 0; bit < 64; bit++) {
        if (!(dropped >> bit & 1))
            continue;
        struct finding f = finding_of_bit(m, bit);
        json_t *object = finding_to_json(&f);
        json_object_del(object, "message");
        json_array_append_new(list, object);
    }
    return list;
}

/* ---- The run ---- */

json_t *bounds_to_json(uint32_t bounds)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < 32; i++) {
        char text[200];
        if (!(bounds >> i & 1))
            continue;
        bounds_describe(1u << i, text, sizeof text);
        json_array_append_new(list, json_string(text));
    }
    return list;
}

static json_t *findings_to_json(const struct run *run)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < run->result.finding_count; i++) {
        json_t *object = finding_to_json(&run->result.finding[i].finding);
        json_object_set_new(object, "seen",
                            json_integer((json_int_t)run->result.finding[i].seen));
        json_array_append_new(list, object);
    }
    return list;
}

static json_t *sample_to_json(const struct explore_options *o, const struct explore_result *r)
{
    char text[400];
    bool pct = o->algorithm == ALGORITHM_PCT;
    double probability = sample_probability(o, r);
    sample_guarantee(o, r, text, sizeof text);
    return json_pack("{s:I, s:o, s:i, s:i, s:i, s:I, s:o, s:s}", "seed", (json_int_t)o->seed,
                     "pct_depth", pct ? json_integer(o->pct_depth) : json_null(), "agents",
                     (int)sample_agents(&r->sample), "longest", (int)r->sample.steps,
                     "k", (int)r->sample.drawn, "executions",
                     (json_int_t)r->sample.executions, "probability",
                     probability > 0 ? json_real(probability) : json_null(), "guarantee", text);
}

/* Fields that only some runs have. */
static void add_limits(json_t *object, const struct run *run)
{
    const struct explore_options *o = &run->options;
    json_object_set_new(json_object_get(object, "executions"), "redundant",
                        explore_counts_redundant(o)
                            ? json_integer((json_int_t)run->result.redundant) : json_null());
    if (run->result.bounds & BOUND_SAMPLED)
        json_object_set_new(object, "sample", sample_to_json(o, &run->result));
    if (o->bound_preemptions)
        json_object_set_new(object, "max_preemptions",
                            json_integer((json_int_t)o->max_preemptions));
}

json_t *run_to_json(const struct run *run)
{
    const struct explore_result *r = &run->result;
    const struct session *s = run->session;
    json_t *object = json_pack(
        "{s:i, s:s, s:s, s:s, s:s, s:o, s:s, s:{s:I, s:I, s:I, s:I}, s:I, s:f, s:I, s:o, s:o, s:o}",
        "version", JSON_VERSION, "scenario", s->scenario->name, "variant", s->variant->name,
        "memory", s->m->model == MEMORY_SC ? "sc" : "tso", "algorithm",
        algorithm_name[run->options.algorithm], "knobs", knobs_to_json(&s->knobs, r->knobs),
        "verdict", verdict_name(r->verdict), "executions", "complete", (json_int_t)r->complete,
        "blocked", (json_int_t)r->blocked, "waiting", (json_int_t)r->waiting, "cut",
        (json_int_t)r->cut, "steps", (json_int_t)r->steps, "seconds", r->seconds, "visible_bytes",
        (json_int_t)r->visible_bytes, "bounds", bounds_to_json(r->bounds), "findings",
        findings_to_json(run), "further_findings", dropped_to_json(s->m, r->dropped));
    add_limits(object, run);
    if (run->partition.estimate > 0)
        json_object_set_new(object, "estimate", json_real(run->partition.estimate));
    if (run->frontier)
        json_object_set_new(object, "frontier", text_to_json(run->frontier));
    if (run->best) {
        json_t *violation = finding_to_json(&run->best->finding);
        json_object_set_new(violation, "schedule", json_string(run->reference));
        json_object_set_new(violation, "interleaving", story_to_json(&run->story));
        json_object_set_new(object, "violation", violation);
    }
    return object;
}

json_t *run_picture(struct run *run)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    run->story.brief = true;
    run_print(f, run);
    fclose(f);
    json_t *string = json_string(text);
    free(text);
    return string;
}
