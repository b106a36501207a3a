/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Obligations on states made by hand: what is owed, and what a state at rest may not hold. */
#include <criterion/criterion.h>

#include "scenarios/states.h"

enum { VECTOR = 0x41 };

static struct session *s;

static void set_up(void)
{
    char error[SCENARIO_ERROR] = "";
    struct scenario *file = scenario_load(IRQWEAVE_IMAGES_DIR, "posted-delivery", error);
    cr_assert(file, "%s", error);
    s = session_open(file, scenario_variant(file, "V3-cpu", error), error);
    cr_assert(s, "%s", error);
}

static bool met(const char *name)
{
    char message[200];
    for (unsigned i = 0; i < s->m->obligation_count; i++)
        if (!strcmp(s->m->obligation[i].name, name))
            return s->m->obligation[i].met(s->m->obligation[i].context, s->m, message,
                                           sizeof message);
    cr_assert_fail("no obligation %s", name);
    return false;
}

static void count(const struct image_state *state, unsigned index, uint32_t value)
{
    memory_write(&s->m->memory, state->address + 4 * index, 4, value);
}

TestSuite(obligations, .init = set_up);

Test(obligations, a_posted_vector_is_handled)
{
    cr_expect(met("posted-handled"));
    count(s->states.posted, VECTOR, 1);
    cr_expect_not(met("posted-handled"));
    count(s->states.handled, VECTOR, 1);
    cr_expect(met("posted-handled"));
}

/* Posted again after it was handled: the counts agree, the interrupt is lost all the same. */
Test(obligations, a_handled_vector_may_not_be_left_in_pir)
{
    count(s->states.posted, VECTOR, 2);
    count(s->states.handled, VECTOR, 1);
    memory_write(&s->m->memory, s->states.pid->address + 8, 8, 1ull << (VECTOR - 64));
    cr_expect_not(met("posted-handled"));
}

Test(obligations, a_handled_vector_may_not_be_left_in_virr)
{
    uint64_t word = s->states.vapic->address + VAPIC_VIRR + vapic_word(VECTOR);
    count(s->states.posted, VECTOR, 2);
    count(s->states.handled, VECTOR, 1);
    memory_write(&s->m->memory, word, 4, 1u << (VECTOR & 31));
    cr_expect_not(met("posted-handled"));
}

Test(obligations, each_request_is_served)
{
    count(s->states.requested, 0, 2);
    count(s->states.served, 0, 1);
    cr_expect_not(met("requests-served"));
    count(s->states.served, 0, 2);
    cr_expect(met("requests-served"));
}
