/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two figures that facts about Unicorn gave as reachable: hand-overs between two cores at
 * visible loads, and complete restarts of two-thread store buffering under plain DFS.
 */
#include <string.h>
#include <time.h>

#include "bench/bench.h"
#include "cpu/program.h"

enum { PING_PONG_STEPS = 20000000, STORE_BUFFERING_ROUNDS = 1500 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Two cores load one shared word for ever and take turns. */
void bench_ping_pong(struct bench_row *row)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    for (unsigned t = 0; t < 2; t++) {
        code_load(&code[t], 0, 0);
        code_bytes(&code[t], "\xeb\xf7", 2); /* jmp to the load */
    }
    struct program *p = program_new(2, code, MEMORY_TSO);
    visible_add(&p->m->visibility, PROGRAM_DATA, 4);
    p->m->core_ops->begin(p->m->cpu);
    double start = now();
    for (unsigned i = 0; i < PING_PONG_STEPS; i++)
        agent_step(p->m, i & 1);
    row->seconds = now() - start;
    row->steps = PING_PONG_STEPS;
    program_free(p);
}

/* All schedules of store buffering, one by one, from the start. */
void bench_store_buffering(struct bench_row *row)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    for (unsigned t = 0; t < 2; t++) {
        code_store(&code[t], t, 1);
        code_load(&code[t], 0, 1 - t);
        code_end(&code[t]);
    }
    struct program *p = program_new(2, code, MEMORY_TSO);
    struct explore_options o = {.algorithm = ALGORITHM_DFS};
    double start = now();
    for (unsigned i = 0; i < STORE_BUFFERING_ROUNDS; i++) {
        struct explore_result r;
        explore(p->m, &o, &r);
        row->executions += (double)r.complete;
        row->steps += (double)r.steps;
        explore_result_free(&r);
    }
    row->seconds = now() - start;
    program_free(p);
}
