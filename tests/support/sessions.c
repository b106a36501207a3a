/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/sessions.h"

#include <stdio.h>
#include <stdlib.h>

struct session *session_of_scenario(const char *images, const char *scenario, const char *variant)
{
    char error[SCENARIO_ERROR] = "";
    struct scenario *s = scenario_load(images, scenario, error);
    const struct scenario_variant *v = s ? scenario_variant(s, variant, error) : NULL;
    struct session *session = v ? session_open(s, v, error) : NULL;
    if (session)
        return session;
    fprintf(stderr, "%s: %s\n", variant, error);
    abort();
}

struct session *session_of(const char *images, const char *variant)
{
    return session_of_scenario(images, "posted-delivery", variant);
}
