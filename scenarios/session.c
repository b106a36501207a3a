/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios/session.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "scenarios/devices.h"
#include "scenarios/features.h"
#include "scenarios/invariants.h"
#include "scenarios/invariants_stated.h"
#include "scenarios/scenario_internal.h"
#include "scenarios/states.h"
#include "scenarios/under_test.h"
#include "sim/check.h"

#define WINDOW_BASE 0xffffffff80000000ull /* kvm/runtime/image.h: IMAGE_OFFSET */

enum { RAM_BYTES = 4 << 20, ARENA_BYTES = 1 << 20 };

static bool load_image(struct session *s, char *error)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/%s.elf", s->scenario->folder, s->variant->image);
    if (n < 0 || (size_t)n >= sizeof path) {
        snprintf(error, SCENARIO_ERROR, "the path of image %.60s is too long", s->variant->image);
        return false;
    }
    return image_load(&s->image, path, s->m->memory.ram, s->m->memory.size, WINDOW_BASE, error,
                      SCENARIO_ERROR);
}

static const struct image_symbol *require(const struct session *s, const char *name, char *error)
{
    const struct image_symbol *symbol = image_symbol(&s->image, name);
    if (!symbol)
        snprintf(error, SCENARIO_ERROR, "%.200s: no symbol '%.80s'; see kvm/runtime/image.h",
                 s->image.path, name);
    return symbol;
}

/* "FILE:LINE: variant NAME" of the line that names a thread's function. */
static int where_named(const struct session *s, const char *name, char *text, size_t size)
{
    const char *path = s->scenario->path;
    char key[64];
    snprintf(key, sizeof key, "name: %.40s", s->variant->name);
    return snprintf(text, size, "%.150s:%u: variant %.40s: ", path, scenario_line_from(path, scenario_line_of(path, key), name),
                    s->variant->name);
}

/* What the image calls as a thread takes the number of its core: functions of threads.c do, and that of set-up is none. */
static bool is_thread(const struct session *s, const struct image_symbol *function)
{
    struct image_place place;
    image_place(&s->image, function->address, &place);
    const char *file = place.count ? place.frame[place.count - 1].file : "threads.c", *name = strrchr(file, '/');
    return !strcmp(name ? name + 1 : file, "threads.c") && strcmp(function->name, "scenario_setup");
}

static bool no_thread(const struct session *s, const char *name, char *error)
{
    int n = where_named(s, name, error, SCENARIO_ERROR);
    snprintf(error + n, SCENARIO_ERROR - (size_t)n, "'%.60s' is no thread; an image_thread_fn of threads.c is right", name);
    return false;
}

/* Functions of threads.c are those that it says are of that type. */
static bool no_function(const struct session *s, const char *name, char *error)
{
    const char *names[s->image.symbol_count + 1], *near;
    unsigned count = 0;
    int n = where_named(s, name, error, SCENARIO_ERROR);
    for (unsigned i = 0; i < s->image.symbol_count; i++)
        if (s->image.symbol[i].is_function && strstr(s->image.symbol[i].name, "thread"))
            names[count++] = s->image.symbol[i].name;
    near = nearest_name(name, names, count);
    snprintf(error + n, SCENARIO_ERROR - (size_t)n, "no function '%.60s' in %.20s.elf; a function of threads.c that is not "
             "static is right%s%s%s", name, s->variant->image, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return false;
}

/* Stores each thread's address in the image's table, where set-up of the core finds it. */
static bool place_threads(struct session *s, char *error)
{
    const struct image_symbol *table = require(s, "image_thread", error);
    if (!table)
        return false;
    for (unsigned i = 0; i < s->variant->threads_count; i++) {
        const struct scenario_thread *t = &s->variant->threads[i];
        const struct image_symbol *function = image_symbol(&s->image, t->function);
        if (!function || !function->is_function)
            return no_function(s, t->function, error);
        if (!is_thread(s, function))
            return no_thread(s, t->function, error);
        uint64_t entry = table->address - WINDOW_BASE + 8 * t->cpu;
        if (entry > s->m->memory.size - 8 || 8 * t->cpu >= table->size) {
            snprintf(error, SCENARIO_ERROR, "%.200s: image_thread has no entry for cpu %u",
                     s->image.path, t->cpu);
            return false;
        }
        memory_write(&s->m->memory, entry, 8, function->address);
    }
    return true;
}

static bool set_up_cores(struct session *s, char *error)
{
    const struct image_symbol *start = require(s, "image_start", error);
    if (!start)
        return false;
    for (unsigned core = 0; core < s->m->cores; core++) {
        if (cpu_setup_core(s->cpu, core, start->address, core) && !s->m->state->finding_count)
            continue;
        const char *why = s->m->state->finding[0].message;
        snprintf(error, SCENARIO_ERROR, "%.120s: set-up of CPU%u failed: %s", s->image.path, core,
                 why[0] ? why : "it does not come to an end; a scenario_setup() that returns is right");
        return false;
    }
    cpu_setup_done(s->cpu);
    return true;
}

/* Before anything is executed. The image is another one then: its schedules mean nothing to the file's. */
static bool mutate(struct session *s, const char *key, char *error)
{
    struct mutation_list list = {0};
    under_test_mutations(&s->image, s->m->memory.ram, NULL, &list);
    const struct mutation *m = mutation_with_key(&list, key);
    if (m) {
        mutation_apply(m, s->cpu);
        mutation_key(m, s->mutation, sizeof s->mutation);
        s->image.hash = XXH64(s->mutation, strlen(s->mutation), s->image.hash);
    } else {
        snprintf(error, SCENARIO_ERROR, "%.200s: '%.60s' names nothing that can be removed from it; 'irqweave audit "
                 "%.60s:%.60s' lists what can", s->image.path, key, s->scenario->name, s->variant->name);
    }
    mutation_list_free(&list);
    return m;
}

static void add_virtualization(struct session *s)
{
    if (features_vendor(s->variant) == VENDOR_AMD)
        s->svm = svm_new(s->m, s->cpu, s->lapic);
    else
        s->vmx = vmx_new(s->m, s->cpu, s->lapic);
    features_withhold(s->variant, s->vmx, s->svm);
}

static bool build(struct session *s, const char *key, char *error)
{
    s->m = machine_new(s->variant->cores, scenario_devices(s->variant), RAM_BYTES, ARENA_BYTES);
    if (!load_image(s, error) || !states_check(s, error))
        return false;
    s->cpu = cpu_new(s->m, WINDOW_BASE);
    if (key && !mutate(s, key, error))
        return false;
    s->lapic = lapic_new(s->m, s->cpu);
    add_virtualization(s);
    return place_threads(s, error) && devices_add(s, error) && set_up_cores(s, error) &&
           invariants_add(s, error) && obligations_add(s, error) && stated_ready(s, error);
}

static bool say_endless(const struct session *s, uint32_t bounds, char *error)
{
    char what[80], file[200] = "";
    struct image_place place;
    const struct image_frame *f = NULL;
    image_place(&s->image, s->m->cut.place, &place);
    if (place.count)
        f = &place.frame[place.count - 1];
    if (f && f->file[0])
        snprintf(file, sizeof file, "%.180s:%u: ", f->file, f->line);
    bounds_describe(bounds, what, sizeof what);
    snprintf(error, SCENARIO_ERROR, "%svariant %.40s: CPU%u does not come to an end in %.60s(): the first execution is cut off by the "
             "bound on %s; a thread that returns is right, or that waits with pause (cpu_relax())",
             file, s->variant->name, s->m->cut.core, f ? f->function : "code that the image does not name", what);
    return false;
}

/* One execution, whichever comes first. A thread without an end would be cut off in each of them, and there is no end of those. */
static bool comes_to_an_end(struct session *s, char *error)
{
    const uint32_t endless = BOUND_INSTRUCTIONS | BOUND_STEPS;
    struct explore_options options = {.algorithm = ALGORITHM_OPTIMAL, .max_executions = 1, .raw = true};
    struct explore_result result;
    explore_defaults(&options);
    session_explore(s, &options, &result);
    uint32_t bounds = result.bounds & endless;
    explore_result_free(&result);
    machine_restore(s->m);
    session_configure(s, MEMORY_TSO, NULL);
    return !bounds || say_endless(s, bounds, error);
}

struct session *session_open_mutated(const struct scenario *scenario, const struct scenario_variant *variant,
                                     const char *key, char *error)
{
    struct session *s = calloc(1, sizeof *s);
    assert(s);
    s->scenario = scenario;
    s->variant = variant;
    if (build(s, key, error)) {
        session_configure(s, MEMORY_TSO, NULL);
        if (key || comes_to_an_end(s, error)) /* what an audit removes may be what lets it end */
            return s;
    }
    session_close(s);
    return NULL;
}

struct session *session_open(const struct scenario *scenario,
                             const struct scenario_variant *variant, char *error)
{
    return session_open_mutated(scenario, variant, NULL, error);
}

void session_close(struct session *s)
{
    devices_free(s);
    stated_free(s);
    if (s->vmx)
        vmx_free(s->vmx);
    if (s->svm)
        svm_free(s->svm);
    if (s->lapic)
        lapic_free(s->lapic);
    if (s->cpu)
        cpu_free(s->cpu);
    image_unload(&s->image);
    machine_free(s->m);
    free(s);
}

static void show_state(struct session *s, const struct image_state *state, uint64_t size)
{
    if (state)
        visible_add(&s->m->visibility, state->address, size);
}

/* What invariants read is visible however few contexts touch it. */
static void show_states(struct session *s)
{
    if (!s->m->invariant_count)
        return;
    stated_show(s);
    show_state(s, s->states.pid, sizeof(struct posted_descriptor));
    show_state(s, s->states.mode, 4);
    show_state(s, s->states.waited, 4);
    show_state(s, s->states.on_rq, 4);
    show_state(s, s->states.task_state, 4);
    for (unsigned i = 0; i < s->states.vcpus; i++) {
        show_state(s, s->states.vcpu[i].on_rq, 4);
        show_state(s, s->states.vcpu[i].task_state, 4);
    }
    show_state(s, s->states.apicv_word, 8);
    show_state(s, s->states.apic_page, 8);
    for (unsigned i = 0; i < s->states.apicv_vcpus && s->states.apicv[i].shown; i++) {
        show_state(s, s->states.apicv[i].active, 1);
        show_state(s, s->states.apicv[i].requests, 8);
    }
}

void session_configure(struct session *s, enum memory_model model, const struct knobs *knobs)
{
    static const struct knobs defaults;
    s->m->model = model;
    s->knobs = knobs ? *knobs : defaults;
    s->knobs.consulted = 0;
    s->m->knobs = s->knobs;
    s->m->observed_core = 0;
    visible_reset(&s->m->visibility, NULL, 0);
    show_states(s);
}

void session_explore(struct session *s, const struct explore_options *options,
                     struct explore_result *result)
{
    s->m->knobs = s->knobs;
    memset(result, 0, sizeof *result);
    explore(s->m, options, result);
}

bool session_replay(struct session *s, const struct schedule *schedule,
                    const struct visible_range *visible, unsigned visible_count,
                    uint32_t observed, struct trace *trace, char *error)
{
    if (visible) {
        s->m->observed_core = observed;
        visible_reset(&s->m->visibility, visible, visible_count);
        show_states(s);
    } else {
        struct explore_options options = {.algorithm = ALGORITHM_OPTIMAL};
        struct explore_result result;
        session_explore(s, &options, &result);
        explore_result_free(&result);
    }
    s->m->core_ops->begin(s->m->cpu);
    return schedule_replay(s->m, schedule, trace, error, SCENARIO_ERROR);
}
