/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps that do not conflict may be exchanged: random programs, and scenarios of posted-delivery. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "tests/commutation_fixture.h"
#include "tests/support/sessions.h"

/* ---- Programs ---- */

enum { PROGRAMS = 200 };

static void walk_threads(enum memory_model model, unsigned threads, uint64_t seed)
{
    struct code code[RANDOM_THREADS];
    struct random r = {seed};
    random_threads(&r, threads, code);
    struct program *p = program_new(threads, code, model);
    struct walk w = open_walk(p->m, "threads", seed);
    for (unsigned n = 0; n < PROGRAMS; n++) {
        walk(&w, 4);
        random_threads(&r, threads, code);
        cr_assert(program_next(p, code));
    }
    cr_assert_gt(w.exchanged, PROGRAMS, "only %u", w.exchanged);
}

Test(commutation, threads, .timeout = 60)
{
    walk_threads(MEMORY_TSO, 2, 1);
    walk_threads(MEMORY_TSO, 3, 2);
    walk_threads(MEMORY_SC, 3, 3);
}

Test(commutation, overlapping_accesses, .timeout = 60)
{
    struct code code[2];
    struct random r = {4};
    random_overlaps(&r, code);
    struct program *p = program_new(2, code, MEMORY_TSO);
    struct walk w = open_walk(p->m, "overlaps", 4);
    for (unsigned n = 0; n < PROGRAMS; n++) {
        walk(&w, 4);
        random_overlaps(&r, code);
        cr_assert(program_next(p, code));
    }
    cr_assert_gt(w.exchanged, 5 * PROGRAMS, "only %u", w.exchanged);
}

static void walk_interrupts(void (*make)(struct random *, struct code *), unsigned knob,
                            uint64_t seed)
{
    struct code code[2], body = {.size = 0}, low = {.size = 0}, high = {.size = 0};
    struct random r = {seed};
    code_lock_add(&body, 1, 1);
    code_handler(&low, &body);
    code_handler(&high, NULL);
    struct program *p = program_open(2, 0, MEMORY_TSO);
    p->m->knobs.value[KNOB_MESSAGE_ORDER] = (uint8_t)knob;
    interrupts_enable(p, &low, &high);
    make(&r, code);
    program_start(p, code);
    struct walk w = open_walk(p->m, "interrupts", seed);
    for (unsigned n = 0; n < PROGRAMS; n++) {
        walk(&w, 4);
        make(&r, code);
        cr_assert(program_next(p, code));
        p->m->observed_core = 0;
    }
    cr_assert_gt(w.exchanged, 5 * PROGRAMS, "only %u", w.exchanged);
}

Test(commutation, interrupts, .timeout = 60)
{
    walk_interrupts(random_interrupted, 0, 5);
    walk_interrupts(random_interrupted, 1, 6);
}

Test(commutation, interrupts_and_task_priorities, .timeout = 60)
{
    walk_interrupts(random_observed, 0, 7);
}

/* ---- Scenarios ---- */

struct variant {
    char name[16];
    enum memory_model model;
};

static struct variant variants[] = {
    {"V0-device", MEMORY_TSO},   {"V1-cpu", MEMORY_TSO},  {"V2-device", MEMORY_TSO},
    {"V3-both", MEMORY_TSO},     {"V3-cpu2", MEMORY_SC},  {"V4-cpu", MEMORY_TSO},
    {"V5-device2", MEMORY_TSO},  {"V6-request", MEMORY_TSO},
};

ParameterizedTestParameters(commutation, scenarios)
{
    return cr_make_param_array(struct variant, variants, sizeof variants / sizeof *variants);
}

ParameterizedTest(struct variant *variant, commutation, scenarios, .timeout = 120)
{
    struct session *session = session_of(IRQWEAVE_IMAGES_DIR, variant->name);
    session_configure(session, variant->model, NULL);
    struct walk w = open_walk(session->m, variant->name, 8);
    walk(&w, 1000);
    cr_assert_gt(w.exchanged, 1000, "only %u", w.exchanged);
}
