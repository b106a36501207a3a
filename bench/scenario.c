/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exploration of one variant of a scenario under TSO, default knobs; of one that is too large ten times its sample. */
#include "bench/bench.h"
#include "scenarios/session.h"

void bench_scenario(const char *name, struct bench_row *row)
{
    static_assert(sizeof row->error >= SCENARIO_ERROR, "an error fits");
    const struct scenario_variant *variant;
    struct scenario *scenario = scenario_open(name, &variant, row->error);
    struct session *s = scenario && variant ? session_open(scenario, variant, row->error) : NULL;
    if (!s)
        return;
    struct knobs knobs = {.consulted = 0};
    struct explore_options o = {.algorithm = variant->sample ? ALGORITHM_PCT : ALGORITHM_OPTIMAL,
                                .max_executions = 10 * variant->sample};
    struct explore_result r;
    session_configure(s, MEMORY_TSO, &knobs);
    session_explore(s, &o, &r);
    row->seconds = r.seconds;
    row->executions = (double)(r.complete + r.blocked);
    row->steps = (double)r.steps;
    explore_result_free(&r);
    session_close(s);
    scenario_free(scenario);
}
