/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Obligations on states made by hand: what is owed, and what a state at rest may not hold. */
#include <criterion/criterion.h>

#include "scenarios/states.h"
#include "tests/support/sessions.h"

enum { VECTOR = 0x41 };

static struct session *s;

static void set_up(void)
{
    s = session_of(IRQWEAVE_IMAGES_DIR, "V3-cpu");
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
    count(s->states.answered, VECTOR, 1);
    cr_expect(met("posted-handled"));
}

/* Handled when it had been posted once; a second post came to nothing and left no trace. */
Test(obligations, each_vector_is_handled_after_its_last_post)
{
    count(s->states.posted, VECTOR, 2);
    count(s->states.answered, VECTOR, 1);
    cr_expect_not(met("posted-handled"));
    count(s->states.answered, VECTOR, 2);
    cr_expect(met("posted-handled"));
}

/* Counted, handled, and only then set in PIR: the counts agree, it is lost all the same. */
Test(obligations, a_handled_vector_may_not_be_left_in_pir)
{
    count(s->states.posted, VECTOR, 2);
    count(s->states.answered, VECTOR, 2);
    memory_write(&s->m->memory, s->states.pid->address + 8, 8, 1ull << (VECTOR - 64));
    cr_expect_not(met("posted-handled"));
}

Test(obligations, a_handled_vector_may_not_be_left_in_virr)
{
    uint64_t word = s->states.vapic->address + VAPIC_VIRR + vapic_word(VECTOR);
    count(s->states.posted, VECTOR, 2);
    count(s->states.answered, VECTOR, 2);
    memory_write(&s->m->memory, word, 4, 1u << (VECTOR & 31));
    cr_expect_not(met("posted-handled"));
}

/* Two raises may merge: one service after both is enough, whatever came before. */
Test(obligations, a_request_is_served_after_it_was_last_raised)
{
    count(s->states.requested, 0, 2);
    count(s->states.served, 0, 1);
    cr_expect_not(met("requests-served"));
    count(s->states.served, 0, 2);
    cr_expect(met("requests-served"));
}

/* KVM_REQ_TEST, bit 8, and KVM_REQ_EVENT, bit 6: the second may stay. */
Test(obligations, no_request_but_EVENT_is_left_set)
{
    memory_write(&s->m->memory, s->states.requests->address, 8, 1 << 6);
    cr_expect(met("requests-served"));
    memory_write(&s->m->memory, s->states.requests->address, 8, 1 << 8);
    cr_expect_not(met("requests-served"));
}
