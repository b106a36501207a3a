/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/frontier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/counterexample.h"

static const char FORMAT[] = "irqweave-frontier";

/* ---- Writing ---- */

/* Masks have 64 bits, JSON's numbers 63 at best. */
static json_t *mask_to_json(uint64_t mask)
{
    return json_sprintf("%llx", (unsigned long long)mask);
}

/* Only nodes that lead to a waiting task: the others' new numbers are NO_PARENT. */
static uint32_t *number_nodes(const struct partition *p)
{
    uint32_t *number = malloc((p->node_count + 1) * sizeof *number), count = 0;
    assert(number);
    memset(number, 0xff, p->node_count * sizeof *number);
    for (uint32_t i = p->next; i < p->task_count; i++)
        for (uint32_t n = p->task[i].node; n != NO_PARENT && number[n]; n = p->node[n].parent)
            number[n] = 0;
    for (uint32_t i = 0; i < p->node_count; i++)
        if (!number[i])
            number[i] = count++;
    return number;
}

static json_t *parent_to_json(const uint32_t *number, uint32_t node)
{
    return json_integer(node == NO_PARENT ? -1 : (json_int_t)number[node]);
}

static json_t *nodes_to_json(const struct partition *p, const uint32_t *number)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < p->node_count; i++) {
        const struct owned_node *n = &p->node[i];
        if (number[i] != NO_PARENT)
            json_array_append_new(list, json_pack("[o,i,o,o,o,f]",
                                                  parent_to_json(number, n->parent), n->agent,
                                                  mask_to_json(n->enabled), mask_to_json(n->sleep),
                                                  mask_to_json(n->roots), n->weight));
    }
    return list;
}

static json_t *tasks_to_json(const struct partition *p, const uint32_t *number)
{
    json_t *list = json_array();
    for (uint32_t i = p->next; i < p->task_count; i++) {
        const struct waiting_task *t = &p->task[i];
        json_array_append_new(list, json_pack("[o,i,o,f]", parent_to_json(number, t->node),
                                              t->agent, mask_to_json(t->sleep), t->weight));
    }
    return list;
}

static json_t *findings_to_json(const struct machine *m, const struct counterexample *c,
                                unsigned count)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < count; i++) {
        char *schedule = schedule_print(m, &c[i].schedule);
        json_t *object = run_finding_to_json(&c[i].finding);
        json_object_set_new(object, "seen", json_integer((json_int_t)c[i].seen));
        json_object_set_new(object, "schedule", json_string(schedule));
        json_array_append_new(list, object);
        free(schedule);
    }
    return list;
}

static json_t *total_to_json(const struct explore_result *r)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:o, s:o, s:o}", "complete",
                     (json_int_t)r->complete, "blocked", (json_int_t)r->blocked, "waiting",
                     (json_int_t)r->waiting, "cut", (json_int_t)r->cut, "redundant", (json_int_t)r->redundant, "steps",
                     (json_int_t)r->steps, "restarts", (json_int_t)r->restarts, "seconds",
                     r->seconds, "bounds", mask_to_json(r->bounds), "knobs",
                     mask_to_json(r->knobs), "dropped", mask_to_json(r->dropped));
}

bool frontier_write(const struct frontier *f, const struct machine *m, const char *path,
                    char *error, size_t size)
{
    const struct partition *p = &f->partition;
    struct run_setup setup = f->setup;
    uint32_t *number = number_nodes(p);
    setup.visible = p->visible;
    setup.visible_count = p->visible_count;
    setup.observed = p->observed;
    json_t *object = run_setup_to_json(&setup, FORMAT, FRONTIER_VERSION);
    json_t *more = json_pack(
        "{s:s, s:s, s:I, s:I, s:f, s:f, s:o, s:o, s:o, s:o, s:o}", "program", f->program,
        "algorithm", algorithm_name[f->algorithm], "max_steps", (json_int_t)f->max_steps, "budget",
        (json_int_t)p->budget, "explored", p->done, "estimate", p->estimate, "total",
        total_to_json(&p->total), "findings",
        findings_to_json(m, p->total.finding, p->total.finding_count), "known",
        findings_to_json(m, p->known, p->known_count), "nodes", nodes_to_json(p, number), "tasks",
        tasks_to_json(p, number));
    json_object_update(object, more);
    json_decref(more);
    free(number);
    return run_file_write(object, path, error, size);
}

/* ---- Reading ---- */

static bool is_mask(const json_t *value, uint64_t *mask)
{
    const char *text = json_string_value(value);
    *mask = 0;
    if (!text || !text[0] || strlen(text) > 16 || text[strspn(text, "0123456789abcdef")])
        return false;
    *mask = strtoull(text, NULL, 16);
    return true;
}

static bool is_count(const json_t *value, uint64_t *count)
{
    *count = (uint64_t)json_integer_value(value);
    return json_is_integer(value) && json_integer_value(value) >= 0;
}

static bool is_weight(const json_t *value, double *weight)
{
    *weight = json_number_value(value);
    return json_is_number(value) && *weight >= 0 && *weight <= 1;
}

/* -1, or one of the nodes before. */
static bool is_node(const json_t *value, uint32_t count, uint32_t *node)
{
    json_int_t n = json_integer_value(value);
    *node = n < 0 ? NO_PARENT : (uint32_t)n;
    return json_is_integer(value) && n >= -1 && n < (json_int_t)count;
}

static bool is_agent(const json_t *value, uint8_t *agent)
{
    json_int_t a = json_integer_value(value);
    *agent = (uint8_t)a;
    return json_is_integer(value) && a >= 0 && a < 64;
}

static bool read_count(const struct reader *r, const json_t *object, const char *key,
                       uint64_t *count)
{
    return is_count(json_object_get(object, key), count) ||
           refuse(r, "'%s' is missing or is not a whole number, 0 or more", key);
}

static bool read_mask(const struct reader *r, const json_t *object, const char *key, uint64_t *mask)
{
    return is_mask(json_object_get(object, key), mask) ||
           refuse(r, "'%s' is missing or is not a mask in hexadecimal digits", key);
}

static bool read_number(const struct reader *r, const json_t *object, const char *key, double *to)
{
    const json_t *value = json_object_get(object, key);
    *to = json_number_value(value);
    return (json_is_number(value) && *to >= 0) ||
           refuse(r, "'%s' is missing or is not a number, 0 or more", key);
}

static bool read_total(const struct reader *r, const json_t *object, struct explore_result *to)
{
    const json_t *total = json_object_get(object, "total");
    uint64_t bounds = 0, knobs = 0;
    bool ok = read_count(r, total, "complete", &to->complete) &&
              read_count(r, total, "blocked", &to->blocked) &&
              read_count(r, total, "waiting", &to->waiting) &&
              read_count(r, total, "cut", &to->cut) &&
              read_count(r, total, "redundant", &to->redundant) &&
              read_count(r, total, "steps", &to->steps) &&
              read_count(r, total, "restarts", &to->restarts) &&
              read_number(r, total, "seconds", &to->seconds) &&
              read_mask(r, total, "bounds", &bounds) && read_mask(r, total, "knobs", &knobs) &&
              read_mask(r, total, "dropped", &to->dropped);
    to->bounds = (uint32_t)bounds;
    to->knobs = knobs;
    return ok && ((!(bounds >> 32) && !(knobs >> KNOB_COUNT) && !(bounds & CUTTING_BOUNDS)) ||
                  refuse(r, "'total': 'bounds' or 'knobs' names what does not exist"));
}

static bool read_findings(const struct reader *r, const json_t *object, const char *key,
                          struct counterexample *to, unsigned *count, char **schedule)
{
    const json_t *list = json_object_get(object, key);
    if (!json_is_array(list) || json_array_size(list) > EXPLORE_MAX_FINDINGS)
        return refuse(r, "'%s' is missing or is not a list of at most %d findings", key,
                      EXPLORE_MAX_FINDINGS);
    for (; *count < json_array_size(list); ++*count) {
        const json_t *finding = json_array_get(list, *count);
        to[*count] = (struct counterexample){.seen = 0};
        if (!read_kind_of_finding(r, finding, &to[*count].finding) ||
            !read_count(r, finding, "seen", &to[*count].seen) ||
            !read_text(r, finding, "schedule", &schedule[*count]))
            return false;
    }
    return true;
}

static bool read_nodes(const struct reader *r, const json_t *object, struct partition *p)
{
    const json_t *list = json_object_get(object, "nodes");
    size_t count = json_array_size(list);
    if (!json_is_array(list) || count >= NO_PARENT)
        return refuse(r, "'nodes' is missing or is not a list");
    p->node = calloc(count + 1, sizeof *p->node);
    assert(p->node);
    p->node_capacity = (uint32_t)count;
    for (; p->node_count < count; p->node_count++) {
        const json_t *row = json_array_get(list, p->node_count);
        struct owned_node *n = &p->node[p->node_count];
        if (json_array_size(row) != 6 ||
            !is_node(json_array_get(row, 0), p->node_count, &n->parent) ||
            !is_agent(json_array_get(row, 1), &n->agent) ||
            !is_mask(json_array_get(row, 2), &n->enabled) ||
            !is_mask(json_array_get(row, 3), &n->sleep) ||
            !is_mask(json_array_get(row, 4), &n->roots) ||
            !is_weight(json_array_get(row, 5), &n->weight) || n->roots & ~n->enabled)
            return refuse(r, "'nodes', entry %u: not [earlier node or -1, agent, enabled, asleep, "
                          "tried, weight]", p->node_count + 1);
    }
    return true;
}

static bool fits_node(const struct partition *p, const struct waiting_task *t)
{
    return t->node == NO_PARENT ? !p->node_count : p->node[t->node].roots >> t->agent & 1;
}

static bool read_tasks(const struct reader *r, const json_t *object, struct partition *p)
{
    const json_t *list = json_object_get(object, "tasks");
    size_t count = json_array_size(list);
    if (!json_is_array(list) || !count || count >= NO_PARENT || (!p->node_count && count > 1))
        return refuse(r, "'tasks' is missing or is not a list of what is left");
    p->task = calloc(count, sizeof *p->task);
    assert(p->task);
    p->task_capacity = (uint32_t)count;
    for (; p->task_count < count; p->task_count++) {
        const json_t *row = json_array_get(list, p->task_count);
        struct waiting_task *t = &p->task[p->task_count];
        if (json_array_size(row) != 4 ||
            !is_node(json_array_get(row, 0), p->node_count, &t->node) ||
            !is_agent(json_array_get(row, 1), &t->agent) ||
            !is_mask(json_array_get(row, 2), &t->sleep) ||
            !is_weight(json_array_get(row, 3), &t->weight) || !fits_node(p, t) ||
            t->sleep >> t->agent & 1)
            return refuse(r, "'tasks', entry %u: not [node, agent tried there, asleep, weight]",
                          p->task_count + 1);
        p->waiting += t->weight;
    }
    return true;
}

static bool read_algorithm(const struct reader *r, const json_t *object, enum algorithm *a)
{
    const char *text = text_of(r, object, "algorithm");
    if (!text)
        return false;
    for (*a = 0; *a < ALGORITHM_COUNT; ++*a)
        if (!strcmp(text, algorithm_name[*a]))
            return true;
    return refuse(r, "'algorithm' is '%.20s', which this program does not have", text);
}

static bool read_object(const struct reader *r, json_t *object, struct frontier *f)
{
    struct partition *p = &f->partition;
    bool ok = read_text(r, object, "program", &f->program) && read_setup(r, object, &f->setup) &&
              read_algorithm(r, object, &f->algorithm) &&
              read_count(r, object, "max_steps", &f->max_steps) &&
              read_count(r, object, "budget", &p->budget) &&
              read_number(r, object, "explored", &p->done) &&
              read_number(r, object, "estimate", &p->estimate) &&
              read_total(r, object, &p->total) &&
              read_findings(r, object, "findings", p->total.finding, &p->total.finding_count,
                            f->schedule) &&
              read_findings(r, object, "known", p->known, &p->known_count,
                            f->schedule + EXPLORE_MAX_FINDINGS) &&
              read_nodes(r, object, p) && read_tasks(r, object, p);
    return ok && (p->budget || refuse(r, "'budget' is 0; at least one execution is right"));
}

bool frontier_read(struct frontier *f, const char *path, char *error, size_t size)
{
    struct reader r = {path, error, size};
    *f = (struct frontier){0};
    json_t *object = run_file_read(&r, "frontier", FORMAT, FRONTIER_VERSION, FRONTIER_SIZE_MAX);
    bool ok = object && read_object(&r, object, f);
    json_decref(object);
    if (!ok)
        frontier_free(f);
    return ok;
}

/* ---- Against a machine ---- */

static bool parse_schedules(const struct machine *m, struct counterexample *c, unsigned count,
                            char **text, char *error, size_t size)
{
    for (unsigned i = 0; i < count; i++)
        if (!schedule_parse(m, text[i], &c[i].schedule, error, size))
            return false;
    return true;
}

bool frontier_fit(struct frontier *f, const struct machine *m, char *error, size_t size)
{
    struct partition *p = &f->partition;
    uint64_t agents = m->agents < 64 ? (1ull << m->agents) - 1 : ~0ull;
    uint64_t named = 0;
    for (uint32_t i = 0; i < p->node_count; i++)
        named |= p->node[i].enabled | p->node[i].sleep | 1ull << p->node[i].agent;
    for (uint32_t i = 0; i < p->task_count; i++)
        named |= p->task[i].sleep;
    if (named & ~agents || !run_setup_fits(&f->setup, m->memory.size, m->cores)) {
        snprintf(error, size, "it names memory, cores or agents that do not exist");
        return false;
    }
    p->visible = f->setup.visible;
    p->visible_count = f->setup.visible_count;
    p->observed = f->setup.observed;
    f->setup.visible = NULL;
    return parse_schedules(m, p->total.finding, p->total.finding_count, f->schedule, error, size) &&
           parse_schedules(m, p->known, p->known_count, f->schedule + EXPLORE_MAX_FINDINGS, error,
                           size);
}

void frontier_free(struct frontier *f)
{
    for (unsigned i = 0; i < 2 * EXPLORE_MAX_FINDINGS; i++)
        free(f->schedule[i]);
    run_setup_free(&f->setup);
    free(f->program);
    partition_free(&f->partition);
    *f = (struct frontier){0};
}
