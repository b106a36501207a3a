/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading and assembling litmus tests. Included once by each test of them. */
#ifndef TESTS_LITMUS_FIXTURE_H
#define TESTS_LITMUS_FIXTURE_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/litmus.h"
#include "tests/support/files.h"

enum { SAMPLE_MAX = 1 << 16 };

/* A sample of scenarios/litmus, for the caller to free. */
static inline char *read_sample(const char *name, size_t *size)
{
    char path[300];
    snprintf(path, sizeof path, "%s/scenarios/litmus/%s.litmus", IRQWEAVE_SOURCE_DIR, name);
    char *text = malloc(SAMPLE_MAX);
    cr_assert(text);
    *size = file_read(path, text, SAMPLE_MAX);
    return text;
}

static inline struct litmus_test *parse(const char *text, size_t size)
{
    struct litmus_error e;
    struct litmus_test *t = litmus_parse(text, size, "test", &e);
    cr_assert(t, "line %u: %s\n%s", e.line, e.text, text);
    return t;
}

static inline void assemble(struct litmus_test *t)
{
    struct litmus_error e = {0};
    char failure[300];
    cr_assert(litmus_assemble(&t, 1, &e, failure, sizeof failure), "%s", failure);
    cr_assert(!t->bad, "line %u: %s", e.line, e.text);
}

#endif
