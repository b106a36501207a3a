/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scenario posted-delivery against its table of expectations (README.md says why each is so):
 * each row under TSO and SC, for every value of every knob that its runs consult.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>

#include "kvm/runtime/marker.h"
#include "sim/message.h"
#include "tests/support/effort.h"
#include "tests/support/expectations.h"
#include "tests/support/sessions.h"

enum { SAFE = VERDICT_SAFE, LOST = VERDICT_VIOLATION };

struct row {
    char variant[16];
    int tso, sc;
    char finding[24]; /* these must be among those found where the row says LOST: the loss ... */
    char broken[8];   /* ... and the invariant */
    int large;        /* too long under a sanitizer */
};

static struct row rows[] = {
    {"V0-cpu", SAFE, SAFE, "", "", 0},
    {"V0-cpu2", SAFE, SAFE, "", "", 1},
    {"V0-device", LOST, LOST, "posted-handled", "PI-1", 0},
    {"V0b-cpu", LOST, LOST, "posted-handled", "PI-1", 0},
    {"V1-cpu", LOST, LOST, "posted-handled", "PI-1", 0},
    {"V1-device", LOST, LOST, "posted-handled", "PI-1", 0},
    {"V2-cpu", LOST, LOST, "posted-handled", "PI-1", 0},
    {"V2-device", LOST, LOST, "posted-handled", "PI-1", 0},
    {"V3-cpu", SAFE, SAFE, "", "", 0},
    {"V3-cpu2", SAFE, SAFE, "", "", 1},
    {"V3-device", SAFE, SAFE, "", "", 0},
    {"V3-device2", SAFE, SAFE, "", "", 0},
    {"V3-both", SAFE, SAFE, "", "", 1},
    {"V4-cpu", LOST, SAFE, "posted-handled", "PI-1", 0},
    {"V4-device", SAFE, SAFE, "", "", 0},
    {"V5-cpu2", LOST, LOST, "posted-handled", "PI-2", 1},
    {"V5-device2", LOST, LOST, "posted-handled", "PI-2", 0},
    {"V6-cpu", SAFE, SAFE, "", "", 0},
    {"V6-request", LOST, LOST, "requests-served", "", 0},
    {"V6b-request", LOST, LOST, "requests-served", "MODE-1", 0},
    {"V3-request", SAFE, SAFE, "", "", 0},
    {"V3-same", SAFE, SAFE, "", "", 1},
    {"V3-device-same", SAFE, SAFE, "", "", 0},
    {"V3-request2", SAFE, SAFE, "", "", 0},
    {"V7-same", LOST, LOST, "posted-handled", "", 1},
};

static struct scenario *scenario(void)
{
    char error[SCENARIO_ERROR] = "";
    struct scenario *s = scenario_load(IRQWEAVE_IMAGES_DIR, "posted-delivery", error);
    cr_assert(s, "%s", error);
    return s;
}

/* Explores until what is expected has been found, and compares; returns the knobs consulted. */
static uint64_t check(struct session *s, const struct row *row, enum memory_model model,
                      const struct knobs *knobs)
{
    char *wanted[] = {(char *)row->finding, (char *)row->broken};
    struct explore_options o = {.algorithm = ALGORITHM_OPTIMAL, .stop_at_first = true, .wanted = wanted,
                                .wanted_count = 1 + !!row->broken[0]};
    struct explore_result r;
    enum verdict want = (enum verdict)(model == MEMORY_TSO ? row->tso : row->sc);
    session_configure(s, model, knobs);
    session_explore(s, &o, &r);
    cr_assert_eq(r.verdict, want, "%s under %s is %s", row->variant,
                 model == MEMORY_TSO ? "TSO" : "SC", verdict_name(r.verdict));
    cr_assert_eq(r.bounds, 0);
    for (unsigned i = 0; i < o.wanted_count && want == VERDICT_VIOLATION; i++)
        cr_assert(explore_found(&r, s->m, wanted[i]), "%s: %s is not found", row->variant, wanted[i]);
    explore_result_free(&r);
    return r.knobs;
}

static void check_all_knobs(struct session *s, const struct row *row, enum memory_model model)
{
    struct knobs knobs = {.consulted = 0};
    uint64_t consulted = check(s, row, model, &knobs);
    for (int k = 0; k < KNOB_COUNT; k++) {
        for (unsigned v = 1; (consulted >> k & 1) && v < knob_values((enum knob)k); v++) {
            struct knobs changed = {.consulted = 0};
            changed.value[k] = (uint8_t)v;
            check(s, row, model, &changed);
        }
    }
}

ParameterizedTestParameters(posted_delivery, table)
{
    return cr_make_param_array(struct row, rows, sizeof rows / sizeof *rows);
}

ParameterizedTest(struct row *row, posted_delivery, table, .timeout = 500)
{
    if (row->large)
        skip_large(row->variant);
    struct session *s = session_of(IRQWEAVE_IMAGES_DIR, row->variant);
    check_all_knobs(s, row, MEMORY_TSO);
    if (row->large && row->tso == SAFE)
        check(s, row, MEMORY_SC, NULL); /* with any value of a knob it follows: each execution is one under TSO, too */
    else
        check_all_knobs(s, row, MEMORY_SC);
}

Test(posted_delivery, every_variant_is_checked)
{
    struct scenario *s = scenario();
    for (unsigned i = 0; i < s->variants_count; i++) {
        bool known = false;
        for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
            known |= !strcmp(rows[k].variant, s->variants[i].name);
        cr_assert(known, "%s", s->variants[i].name);
    }
}

/* Linux 4.8: the host takes the notification between the sync and interrupts off. */
Test(posted_delivery, K1_order_of_4_8_loses_a_post_of_a_device)
{
    expect_variant("posted-delivery", "V0-device");
}

Test(posted_delivery, K1_order_of_5_15_loses_none)
{
    expect_variant("posted-delivery", "V3-device");
}

/* The device is what loses the interrupt of V0: without it nothing is lost. */
Test(posted_delivery, V0_without_the_device_is_safe)
{
    char error[SCENARIO_ERROR] = "";
    struct scenario *file = scenario();
    struct scenario_variant v = *scenario_variant(file, "V0-device", error);
    v.devices_count = 0;
    struct session *s = session_open(file, &v, error);
    cr_assert(s, "%s", error);
    struct row row = {"V0-device", SAFE, SAFE, "", "", 0};
    check_all_knobs(s, &row, MEMORY_TSO);
    check_all_knobs(s, &row, MEMORY_SC);
}

/* ---- Two posters on two CPUs: why PI-1 had to be restated ---- */

static struct session *open_two_posters(void)
{
    static struct scenario_thread threads[] = {
        {0, "vcpu0_thread"}, {1, "post_one_thread"}, {2, "post_other_thread"}};
    char error[SCENARIO_ERROR] = "";
    struct scenario *file = scenario();
    struct scenario_variant v = *scenario_variant(file, "V3-cpu", error);
    static struct scenario_variant kept;
    v.threads = threads;
    v.threads_count = 3;
    v.cores = 3;
    kept = v;
    struct session *s = session_open(file, &kept, error);
    cr_assert(s, "%s", error);
    return s;
}

/* What PI-1 as first stated looks at. Too much costs executions, never a violation. */
static void strict_reads(const struct session *s, struct footprint *fp)
{
    footprint_add_memory(fp, s->states.pid->address + PID_CONTROL, 8, ACCESS_READ, 0);
    footprint_add(fp, core_control(0, UNIT_VIRT), ACCESS_READ);
    footprint_add(fp, resource_make(RES_INTR, 0), ACCESS_READ);
    footprint_add(fp, resource_make(RES_INBOUND, 0), ACCESS_READ);
    for (unsigned i = 1; i < s->m->cores; i++)
        footprint_add(fp, region_resource(i, REGION_NOTIFY), ACCESS_READ);
}

/* PI-1 as first stated: only the notification counts, not the reschedule IPI. */
static bool strict_holds(void *context, struct machine *m, struct footprint *fp, char *message,
                         size_t size)
{
    const struct session *s = context;
    uint64_t pid = vmx_posted_descriptor(s->vmx, 0);
    strict_reads(s, fp);
    snprintf(message, size, "ON = 1 without a notification");
    if (!vmx_non_root(s->vmx, 0) || !(memory_read(&m->memory, pid + PID_CONTROL, 8) & PID_ON))
        return true;
    if (vmx_processing(s->vmx, 0) || lapic_irr(s->lapic, 0, 0xf2) || message_in_flight(m, 0xf2, 0))
        return true;
    return (m->state->regions[1] | m->state->regions[2]) & (1 << REGION_NOTIFY);
}

Test(posted_delivery, PI_1_as_first_stated_is_too_strong_for_two_posters, .timeout = 500)
{
    struct session *s = open_two_posters();
    struct knobs knobs = {.consulted = 0};
    struct explore_options o = {.algorithm = ALGORITHM_OPTIMAL, .stop_at_first = true};
    struct explore_result r;
    struct invariant strict = {.name = "strict", .context = s, .events = EVENT_VM_ENTRY,
                               .holds = strict_holds};
    session_configure(s, MEMORY_TSO, &knobs);
    machine_add_invariant(s->m, &strict);
    session_explore(s, &o, &r);
    cr_assert(explore_found(&r, s->m, "strict"));
    cr_assert_eq(r.finding_count, 1, "as restated it holds");
}

Test(posted_delivery, two_posters_on_two_cpus_are_safe, .timeout = 500)
{
    skip_large("V3 with two posters");
    struct row row = {"V3, two posters", SAFE, SAFE, "", "", 1};
    struct knobs knobs = {.consulted = 0};
    check(open_two_posters(), &row, MEMORY_TSO, &knobs);
}

/* ---- Algorithms agree ---- */

static void agree(const char *variant)
{
    struct session *s = session_of(IRQWEAVE_IMAGES_DIR, variant);
    struct knobs knobs = {.consulted = 0};
    for (enum memory_model model = MEMORY_TSO; model <= MEMORY_SC; model++) {
        struct explore_result r[ALGORITHM_SLEEP + 1];
        for (enum algorithm a = ALGORITHM_OPTIMAL; a <= ALGORITHM_SLEEP; a++) {
            struct explore_options o = {.algorithm = a};
            session_configure(s, model, &knobs);
            session_explore(s, &o, &r[a]);
            cr_assert_eq(r[a].bounds, 0);
        }
        for (enum algorithm a = ALGORITHM_OPTIMAL + 1; a <= ALGORITHM_SLEEP; a++) {
            cr_assert_eq(r[0].finding_count, r[a].finding_count);
            for (unsigned i = 0; i < r[0].finding_count; i++)
                cr_assert(explore_found(&r[a], s->m, r[0].finding[i].finding.name));
            cr_assert_eq(r[0].knobs, r[a].knobs, "knobs %x and %x", r[0].knobs, r[a].knobs);
            cr_assert_eq(r[0].complete, r[a].complete, "%llu and %llu executions",
                         (unsigned long long)r[0].complete, (unsigned long long)r[a].complete);
            explore_result_free(&r[a]);
        }
        explore_result_free(&r[0]);
    }
}

Test(posted_delivery, algorithms_find_the_same_with_a_device, .timeout = 300)
{
    agree("V0-device");
    agree("V1-device");
    agree("V3-device");
}

Test(posted_delivery, algorithms_find_the_same_with_a_cpu, .timeout = 300)
{
    agree("V0b-cpu");
    agree("V1-cpu");
    agree("V3-cpu");
    agree("V4-cpu");
}

Test(posted_delivery, algorithms_find_the_same_with_a_request, .timeout = 300)
{
    agree("V6-request");
}

/* Which of several equivalent executions are run differs most between these. */
Test(posted_delivery, algorithms_find_the_same_with_a_vector_twice, .timeout = 300)
{
    agree("V3-device-same");
    skip_large("V7-same");
    agree("V7-same");
}

/* ---- Replay ---- */

static void replay_is_the_same(const char *variant, unsigned times)
{
    char error[SCENARIO_ERROR] = "";
    struct session *s = session_of(IRQWEAVE_IMAGES_DIR, variant);
    struct knobs knobs = {.consulted = 0};
    struct explore_options o = {.algorithm = ALGORITHM_OPTIMAL};
    struct explore_result r;
    session_configure(s, MEMORY_TSO, &knobs);
    session_explore(s, &o, &r);
    cr_assert_gt(r.finding_count, 0);
    for (unsigned f = 0; f < r.finding_count; f++) {
        unsigned count;
        struct visible_range *visible = visible_list(&s->m->visibility, &count);
        struct trace first = {0}, again = {0};
        cr_assert(session_replay(s, &r.finding[f].schedule, visible, count,
                                 s->m->observed_core, &first, error), "%s",
                  error);
        cr_assert_gt(first.finding_count, 0);
        for (unsigned i = 0; i < times; i++) {
            cr_assert(session_replay(s, &r.finding[f].schedule, visible, count,
                                     s->m->observed_core, &again, error),
                      "%s", error);
            cr_assert_eq(again.count, first.count);
            cr_assert(!memcmp(again.step, first.step, first.count * sizeof *first.step),
                      "replay %u differs", i);
        }
        trace_free(&first);
        trace_free(&again);
        free(visible);
    }
}

static bool is_large(const char *variant)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!strcmp(rows[i].variant, variant))
            return rows[i].large;
    return false;
}

/* All violations that the scenario file expects, so that none is forgotten. */
static unsigned replay_violations(bool large, unsigned times)
{
    unsigned replayed = 0;
    struct scenario *s = scenario();
    for (unsigned i = 0; i < s->variants_count; i++) {
        const struct scenario_variant *v = &s->variants[i];
        if (v->expected.tso != VERDICT_VIOLATION || is_large(v->name) != large)
            continue;
        replay_is_the_same(v->name, times);
        replayed++;
    }
    scenario_free(s);
    return replayed;
}

Test(posted_delivery, violations_replay_a_thousand_times, .timeout = 500)
{
    cr_assert_gt(replay_violations(false, 1000), 0);
}

Test(posted_delivery, large_violations_replay_a_thousand_times, .timeout = 300)
{
    skip_large("replay");
    cr_assert_gt(replay_violations(true, 1000), 0);
}
