/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/family.h"

#include <stdio.h>

#include "bench/programs/program.h"

static_assert((int64_t)(PROGRAM_BASE + PROGRAM_DATA) == BENCH_VARIABLES,
              "programs find their variables where cpu/program.h has them");

/* ---- Threads ---- */

static unsigned two(const unsigned *parameter)
{
    (void)parameter;
    return 2;
}

static unsigned first(const unsigned *parameter)
{
    return parameter[0];
}

static unsigned first_and_one(const unsigned *parameter)
{
    return parameter[0] + 1;
}

/* ---- Oracles: closed forms that fit all measured counts, or the counts themselves ---- */

/* All loads may read 0 except, without buffers, all of them at once. */
static uint64_t sbn_oracle(const unsigned *parameter, enum memory_model model)
{
    return (1ull << parameter[0]) - (model == MEMORY_SC);
}

/* Fits 704, 3,328 and 15,360 for N = 8, 10, 12. */
static uint64_t lastzero_oracle(const unsigned *parameter, enum memory_model model)
{
    unsigned n = parameter[0];
    (void)model;
    return n < 2 ? 0 : (n + 3ull) << (n - 2);
}

static uint64_t peterson_oracle(const unsigned *parameter, enum memory_model model)
{
    (void)parameter;
    return model == MEMORY_TSO ? 2420 : 0;
}

static uint64_t dekker_oracle(const unsigned *parameter, enum memory_model model)
{
    (void)parameter;
    return model == MEMORY_TSO ? 1599 : 0;
}

static uint64_t petf_oracle(const unsigned *parameter, enum memory_model model)
{
    static const uint64_t measured[] = {0, 0, 48, 588, 7360};
    bool known = model == MEMORY_TSO && parameter[0] < sizeof measured / sizeof *measured;
    return known ? measured[parameter[0]] : 0;
}

/* Each reader comes before the writer or behind it. */
static uint64_t readers_oracle(const unsigned *parameter, enum memory_model model)
{
    (void)model;
    return 1ull << parameter[0];
}

/* Thread t of 11 and more meets thread t - 11 at three slots. */
static uint64_t indexer_oracle(const unsigned *parameter, enum memory_model model)
{
    unsigned n = parameter[0];
    (void)model;
    return n <= 11 ? 1 : n <= 14 ? 1ull << 3 * (n - 11) : 0;
}

/* The order of the threads, and how far each got while the lock was free. */
static uint64_t ttas_oracle(const unsigned *parameter, enum memory_model model)
{
    uint64_t f = 1;
    for (unsigned i = 2; i <= parameter[0]; i++)
        f *= i;
    return model == MEMORY_TSO ? f * f : 0;
}

/* Each reader that completes has seen the state before the first round, or behind one of them. */
static uint64_t seql_oracle(const unsigned *parameter, enum memory_model model)
{
    uint64_t count = 1;
    (void)model;
    for (unsigned i = 0; i < parameter[0]; i++)
        count *= parameter[1] + 1;
    return count;
}

/* ---- The families ---- */

#define CODE(name) extern const uint8_t bench_##name[], bench_##name##_end[]
CODE(sbn);
CODE(lastzero);
CODE(peterson);
CODE(dekker);
CODE(petf);
CODE(readers);
CODE(indexer);
CODE(ttas);
CODE(seql);

#define FAMILY(name, parameters, least, most, threads, assumes) \
    {#name, parameters, {least, 1}, {most, 8}, bench_##name, bench_##name##_end, threads, \
     name##_oracle, assumes}

static const struct family families[] = {
    FAMILY(sbn, 1, 2, 32, first, false),
    FAMILY(lastzero, 1, 1, 31, first_and_one, false),
    FAMILY(peterson, 0, 0, 0, two, false),
    FAMILY(dekker, 0, 0, 0, two, false),
    FAMILY(petf, 1, 1, 8, two, true),
    FAMILY(readers, 1, 1, 31, first_and_one, false),
    FAMILY(indexer, 1, 1, 32, first, false),
    FAMILY(ttas, 1, 1, 32, first, false),
    FAMILY(seql, 2, 1, 31, first_and_one, true),
};

enum { FAMILIES = sizeof families / sizeof *families };

/* "-4" and so on; false if it is not a list of that many numbers, or one is out of range. */
static bool read_parameters(const char *text, struct instance *in)
{
    const struct family *f = in->family;
    for (unsigned i = 0; i < f->parameters; i++) {
        char *end;
        if (text[0] != '-' || text[1] < '0' || text[1] > '9')
            return false;
        unsigned long value = strtoul(text + 1, &end, 10);
        if (value < f->least[i] || value > f->most[i])
            return false;
        in->parameter[i] = (unsigned)value;
        text = end;
    }
    return !*text;
}

/* "seql-N-M, N from 1 to 31, M from 1 to 8" */
static void describe(const struct family *f, char *text, size_t size)
{
    static const char *const form[] = {"%s", "%s-N, N from %u to %u",
                                       "%s-N-M, N from %u to %u, M from %u to %u"};
    snprintf(text, size, form[f->parameters], f->name, f->least[0], f->most[0], f->least[1],
             f->most[1]);
}

bool instance_find(const char *name, struct instance *in, char *error, size_t size)
{
    size_t length = strcspn(name, "-");
    *in = (struct instance){.family = NULL};
    for (unsigned i = 0; i < FAMILIES; i++)
        if (strlen(families[i].name) == length && !strncmp(families[i].name, name, length))
            in->family = &families[i];
    if (!in->family) {
        snprintf(error, size, "no program '%.40s': sbn-N, lastzero-N, peterson, dekker, petf-N, "
                 "readers-N, indexer-N, ttas-N and seql-N-M are right", name);
        return false;
    }
    if (!read_parameters(name + length, in)) {
        char right[80];
        describe(in->family, right, sizeof right);
        snprintf(error, size, "no program '%.40s': %s is right", name, right);
        return false;
    }
    return true;
}

uint64_t instance_oracle(const struct instance *in, enum memory_model model)
{
    return in->family->oracle(in->parameter, model);
}

/* ---- Exploring ---- */

struct observer {
    struct program *p;
    uint64_t assumption_failed;
};

static void count_assumptions(void *context, struct machine *m)
{
    struct observer *o = context;
    for (unsigned i = 0; i < m->cores; i++) {
        if (program_register(o->p, i, 15)) {
            o->assumption_failed++;
            return;
        }
    }
}

static struct program *instance_open(const struct instance *in, enum memory_model model)
{
    static struct code code[MACHINE_MAX_CORES];
    const struct family *f = in->family;
    unsigned threads = f->threads(in->parameter);
    struct program *p = program_open(threads, 0, model);
    for (unsigned i = 0; i < threads; i++) {
        code[i].size = 0;
        code_bytes(&code[i], f->code, (unsigned)(f->code_end - f->code));
        core_set_reg(&p->cpu->core[i], UC_X86_REG_RSI, in->parameter[0]);
        core_set_reg(&p->cpu->core[i], UC_X86_REG_RDX,
                     f->parameters == 2 ? in->parameter[1] : in->flags);
    }
    program_start(p, code);
    return p;
}

void instance_run(struct program *p, enum algorithm algorithm, bool assumes,
                  struct instance_result *result)
{
    struct observer observer = {.p = p};
    struct explore_options o = {.algorithm = algorithm, .context = &observer};
    struct explore_result r;
    if (assumes)
        o.on_complete = count_assumptions;
    explore(p->m, &o, &r);
    *result = (struct instance_result){.complete = r.complete - observer.assumption_failed,
                                       .stopped = observer.assumption_failed,
                                       .blocked = r.blocked,
                                       .redundant = r.redundant, .steps = r.steps,
                                       .seconds = r.seconds, .verdict = r.verdict};
    if (r.finding_count)
        snprintf(result->finding, sizeof result->finding, "%s", r.finding[0].finding.message);
    explore_result_free(&r);
    program_free(p);
}

void instance_explore(const struct instance *in, enum memory_model model, enum algorithm algorithm,
                      struct instance_result *result)
{
    instance_run(instance_open(in, model), algorithm, in->family->assumes, result);
}
