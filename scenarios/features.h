/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Features by name: which ones the machine of a variant has, which ones a scenario needs, and which ones its
 * processor is not to offer although the model has them.
 */
#ifndef SCENARIOS_FEATURES_H
#define SCENARIOS_FEATURES_H

#include "scenarios/scenario.h"
#include "svm/svm.h"
#include "vmx/vmx.h"

enum { FEATURE_ERROR = 360 };

enum vendor { VENDOR_INTEL = 1, VENDOR_AMD = 2 };
enum vendor features_vendor(const struct scenario_variant *);

/* NULL if the machine has what is needed, and `without` names what can be left out. Otherwise the name
 * that is at fault, and in `what` the rest of "variant NAME ...". */
const char *features_check(const struct scenario *, const struct scenario_variant *, char *what,
                           size_t size);

/* The capability MSRs, or CPUID, no longer offer what the variant does without or its processor lacks, and
 * that gets its errata. One of the two is NULL. */
void features_withhold(const struct scenario_variant *, struct vmx *, struct svm *);

#endif
