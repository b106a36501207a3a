/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Variants of scenarios against the verdicts that their scenario.yaml expects. */
#ifndef TESTS_SUPPORT_EXPECTATIONS_H
#define TESTS_SUPPORT_EXPECTATIONS_H

#include "scenarios/session.h"

/* Explores one variant under TSO and SC with the default of each knob. The case fails unless verdict and
 * findings are those expected. Under a sanitizer under TSO alone. */
void expect_variant(const char *scenario, const char *variant);

/* The same of one that takes many seconds: effort.h says where it is skipped. */
void expect_large_variant(const char *scenario, const char *variant);

/* The same under one of the memory models alone: halves of a case that is long. */
void expect_large_variant_under(enum memory_model, const char *scenario, const char *variant);

#endif
