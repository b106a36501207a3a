/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which steps met another's: sim/contact.h. Expected values by its definition. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "sim/contact.h"

enum { CPU0, CPU1, BUFFER0, BUFFER1, DEVICE, STEPS_MAX = 4, HERE = 0x1000 };

static const struct machine m = {.cores = 2, .devices = 1};

struct touch {
    agent_id agent;
    unsigned address, size;
    enum access_mode mode;
};

/* A bit a step: what was judged. */
static unsigned judge(const struct touch *t, unsigned count)
{
    struct contacts c = {0};
    struct step steps[STEPS_MAX] = {{0}};
    struct trace trace = {.step = steps, .count = count};
    unsigned result = 0;
    for (unsigned i = 0; i < count; i++) {
        struct footprint fp;
        footprint_clear(&fp);
        footprint_add_memory(&fp, t[i].address, t[i].size, t[i].mode, 0);
        contacts_add(&c, &m, t[i].agent, i, &fp);
    }
    contacts_judge(&c, &trace);
    for (unsigned i = 0; i < count; i++)
        result |= (unsigned)steps[i].met << i;
    return result;
}

Test(contact, one_of_two_writes)
{
    cr_expect_eq(judge((struct touch[]){{CPU0, HERE, 4, ACCESS_READ}, {CPU1, HERE, 4, ACCESS_READ}}, 2), 0);
    cr_expect_eq(judge((struct touch[]){{CPU0, HERE, 4, ACCESS_READ}, {CPU1, HERE, 4, ACCESS_WRITE}}, 2), 3);
    cr_expect_eq(judge((struct touch[]){{CPU0, HERE, 4, ACCESS_WRITE}, {CPU1, HERE, 4, ACCESS_WRITE}}, 2), 3);
    cr_expect_eq(judge((struct touch[]){{CPU0, HERE, 4, ACCESS_FORWARDED}, {DEVICE, HERE, 4, ACCESS_WRITE}}, 2), 3);
    cr_expect_eq(judge((struct touch[]){{CPU0, HERE, 4, ACCESS_ACCUMULATE}, {CPU1, HERE, 4, ACCESS_READ}}, 2), 3);
}

Test(contact, bytes_count)
{
    cr_expect_eq(judge((struct touch[]){{CPU0, HERE, 4, ACCESS_READ}, {CPU1, HERE + 4, 4, ACCESS_WRITE}}, 2), 0);
    cr_expect_eq(judge((struct touch[]){{CPU0, HERE, 4, ACCESS_READ}, {CPU1, HERE + 3, 4, ACCESS_WRITE}}, 2), 3);
    cr_expect_eq(judge((struct touch[]){{CPU0, HERE + 6, 4, ACCESS_READ}, {CPU1, HERE + 8, 1, ACCESS_WRITE}}, 2), 3);
}

Test(contact, a_core_does_not_meet_itself)
{
    cr_expect_eq(judge((struct touch[]){{CPU0, HERE, 4, ACCESS_READ},
                                        {BUFFER0, HERE, 4, ACCESS_WRITE},
                                        {CPU0, HERE, 4, ACCESS_WRITE}}, 3), 0);
    cr_expect_eq(judge((struct touch[]){{CPU0, HERE, 4, ACCESS_READ},
                                        {BUFFER0, HERE, 4, ACCESS_WRITE},
                                        {CPU1, HERE, 4, ACCESS_READ}}, 3), 6);
}

Test(contact, a_store_counts_as_what_it_will_write)
{
    struct contacts c = {0};
    struct step steps[2] = {{.address = HERE, .size = 8}, {0}};
    struct trace trace = {.step = steps, .count = 2};
    struct footprint fp;
    footprint_clear(&fp);
    footprint_add_memory(&fp, HERE, 8, ACCESS_READ, 0);
    contacts_add_store(&c, &m, CPU0, 0, &steps[0]);
    contacts_add(&c, &m, CPU1, 1, &fp);
    contacts_judge(&c, &trace);
    cr_expect(steps[0].met && steps[1].met);
}
