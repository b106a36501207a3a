/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Variants of scenarios, for the tests that explore or walk through them. */
#ifndef TESTS_SUPPORT_SESSIONS_H
#define TESTS_SUPPORT_SESSIONS_H

#include "scenarios/session.h"

/* `images`: the folder with them. If there is no such variant, the test ends with the reason. */
struct session *session_of_scenario(const char *images, const char *scenario, const char *variant);

/* The same of posted-delivery. */
struct session *session_of(const char *images, const char *variant);

#endif
