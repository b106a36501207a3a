/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where regions end under x86-TSO: what a core stored in one, of what invariants read, has reached
 * memory by then. PI-2 (scenarios/invariants.c) rests on it: a sync that clears ON by a plain store
 * must be judged once ON is clear for all, and a poster that sets ON so is about to set it until
 * then.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "cpu/program.h"
#include "sim/tso.h"
#include "scenarios/states.h"
#include "tests/support/random_programs.h"
#include "tests/support/sessions.h"
#include "tests/support/snippets.h"

enum { X, Y, Z, REGION = 1, STORER = 1 };

/* Broken in a step that ends the region and in which variable `v` has this value. */
struct look {
    unsigned v;
    uint32_t value;
    char name[8];
};

static struct look looks[MACHINE_MAX_INVARIANTS];
static struct program *program;

static uint64_t address_of(unsigned v)
{
    return PROGRAM_DATA + 8 * v;
}

static bool has_not(void *context, struct machine *m, struct footprint *fp, char *message,
                    size_t size)
{
    const struct look *look = context;
    footprint_add_memory(fp, address_of(look->v), 4, ACCESS_READ, 0);
    snprintf(message, size, "seen");
    return memory_read(&m->memory, address_of(look->v), 4) != look->value;
}

static bool storer_has_none(void *context, struct machine *m, struct footprint *fp, char *message,
                            size_t size)
{
    (void)context, (void)fp;
    snprintf(message, size, "buffered");
    return tso_empty(m, STORER);
}

static void add(unsigned number, struct look look)
{
    looks[number] = look;
    snprintf(looks[number].name, sizeof looks[number].name, "look-%u", number);
    struct invariant inv = {.name = looks[number].name, .context = &looks[number],
                            .events = (uint32_t)EVENT_REGION_LEAVE << REGION, .holds = has_not,
                            .ranges = {{address_of(look.v), 4}}, .range_count = 1};
    machine_add_invariant(program->m, &inv);
}

static unsigned found(enum algorithm a)
{
    struct explore_options o = {.algorithm = a};
    struct explore_result r;
    explore(program->m, &o, &r);
    cr_expect_eq(r.bounds, 0, "%s: %x", algorithm_name[a], r.bounds);
    unsigned mask = findings_mask(&r);
    explore_result_free(&r);
    return mask;
}

static void expect(unsigned mask)
{
    for (enum algorithm a = 0; a < ALGORITHM_COUNT; a++) {
        unsigned seen = found(a);
        cr_expect_eq(seen, mask, "%s: %x", algorithm_name[a], seen);
    }
}

/* A reader, so that all three are visible, and a core that stores in a region. */
static void open_with(struct code *storer, enum memory_model model)
{
    struct code code[2] = {{.size = 0}};
    for (unsigned v = X; v <= Z; v++)
        code_load(&code[0], 8, v);
    code_end(&code[0]);
    code_end(storer);
    code[STORER] = *storer;
    program = program_new(2, code, model);
}

/* X = 1 in the region: nobody leaves it with X = 0 in memory. */
static void leave_behind_a_store(enum memory_model model)
{
    struct code c = {.size = 0};
    code_enter_region(&c, REGION);
    code_store(&c, X, 1);
    code_leave_region(&c, REGION);
    open_with(&c, model);
    add(0, (struct look){.v = X, .value = 0});
    add(1, (struct look){.v = X, .value = 1});
    expect(1 << 1);
}

Test(regions, one_ends_with_the_drain_of_its_store)
{
    leave_behind_a_store(MEMORY_TSO);
}

Test(regions, without_store_buffers_it_ends_with_the_store)
{
    leave_behind_a_store(MEMORY_SC);
}

/* Stores of two regions apart, to Y before and to Z behind: neither is waited for. */
Test(regions, stores_outside_are_not_waited_for)
{
    struct code c = {.size = 0};
    code_store(&c, Y, 1);
    code_enter_region(&c, REGION);
    code_load(&c, 9, Y);
    code_leave_region(&c, REGION);
    code_store(&c, Z, 1);
    open_with(&c, MEMORY_TSO);
    for (unsigned n = 0; n < 4; n++)
        add(n, (struct look){.v = n < 2 ? Y : Z, .value = n & 1});
    /* At the leave Y may be there or not; Z comes later in program order. */
    expect(1 << 0 | 1 << 1 | 1 << 2);
}

/* To X, which no invariant reads: how long that store is buffered means nothing to any. */
Test(regions, stores_that_no_invariant_reads_are_not_waited_for)
{
    struct code c = {.size = 0};
    code_enter_region(&c, REGION);
    code_store(&c, X, 1);
    code_leave_region(&c, REGION);
    open_with(&c, MEMORY_TSO);
    struct invariant inv = {.name = "look-0", .events = (uint32_t)EVENT_REGION_LEAVE << REGION,
                            .holds = storer_has_none};
    machine_add_invariant(program->m, &inv);
    expect(1 << 0);
}

/* Back in the region before its first store is in memory, the core has not been outside; or it has,
 * and X = 1. X = 2 is seen in any case, in the end. */
Test(regions, one_that_is_entered_again_goes_on)
{
    struct code c = {.size = 0};
    for (uint32_t value = 1; value <= 2; value++) {
        code_enter_region(&c, REGION);
        code_store(&c, X, value);
        code_leave_region(&c, REGION);
        code_store(&c, Z, value);
    }
    open_with(&c, MEMORY_TSO);
    for (unsigned n = 0; n < 3; n++)
        add(n, (struct look){.v = X, .value = n});
    expect(1 << 1 | 1 << 2);
}

static bool names(const struct invariant *inv, uint64_t address)
{
    for (unsigned r = 0; r < inv->range_count; r++)
        if (address - inv->ranges[r].address < inv->ranges[r].size)
            return true;
    return false;
}

/* What PI-1, PI-2 and MODE-1 read: PIR, the control word, mode. */
Test(regions, invariants_of_scenarios_name_what_they_read)
{
    struct session *s = session_of(IRQWEAVE_IMAGES_DIR, "V3-cpu");
    cr_assert_eq(s->m->invariant_count, 3);
    for (unsigned k = 0; k < s->m->invariant_count; k++) {
        const struct invariant *inv = &s->m->invariant[k];
        cr_expect(names(inv, s->states.pid->address + PIR_BYTES - 1), "%s: PIR", inv->name);
        cr_expect(names(inv, s->states.pid->address + PID_CONTROL), "%s: control", inv->name);
        cr_expect(names(inv, s->states.mode->address), "%s: mode", inv->name);
    }
}
