/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/results.h"

#include <stdlib.h>
#include <string.h>

#include "sim/machine.h"

static const char *number_that_differs(const struct explore_result *a,
                                       const struct explore_result *b)
{
    const struct {
        const char *name;
        uint64_t a, b;
    } number[] = {
        {"verdict", a->verdict, b->verdict},    {"complete", a->complete, b->complete},
        {"blocked", a->blocked, b->blocked},    {"waiting", a->waiting, b->waiting},
        {"cut", a->cut, b->cut},                {"steps", a->steps, b->steps},
        {"restarts", a->restarts, b->restarts}, {"bounds", a->bounds, b->bounds},
        {"knobs", a->knobs, b->knobs},          {"dropped", a->dropped, b->dropped},
        {"redundant", a->redundant, b->redundant},
        {"visible bytes", a->visible_bytes, b->visible_bytes},
        {"findings", a->finding_count, b->finding_count},
    };
    for (unsigned i = 0; i < sizeof number / sizeof *number; i++)
        if (number[i].a != number[i].b)
            return number[i].name;
    return NULL;
}

static bool same_schedule(const struct machine *m, const struct schedule *a,
                          const struct schedule *b)
{
    char *x = schedule_print(m, a), *y = schedule_print(m, b);
    bool same = !strcmp(x, y);
    free(x);
    free(y);
    return same;
}

const char *result_difference(const struct machine *m, const struct explore_result *a,
                              const struct explore_result *b)
{
    const char *what = number_that_differs(a, b);
    for (unsigned i = 0; !what && i < a->finding_count; i++) {
        const struct counterexample *f = &a->finding[i], *g = &b->finding[i];
        if (f->seen != g->seen)
            what = "how often a finding was seen";
        else if (strcmp(f->finding.message, g->finding.message) != 0)
            what = "the message of a finding";
        else if (!same_schedule(m, &f->schedule, &g->schedule))
            what = "the schedule of a finding";
    }
    return what;
}
