/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errata of AMD processors that matter to AVIC, as data, and the processors that have them. A machine has none unless
 * its profile or its scenario says so.
 */
#ifndef SVM_ERRATA_H
#define SVM_ERRATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/knob.h"

enum erratum_bit {
    ERRATUM_1235 = 1 << 0,
    ERRATUM_X2AVIC_LVTT = 1 << 1,
};

struct erratum {
    uint32_t bit;
    uint32_t of;          /* the feature that has it, of CPUID 8000_000A EDX */
    const char *name;     /* as scenarios name it */
    const char *title;
    const char *families; /* that have it */
    const char *failure;  /* what the model does */
    const char *source;
    enum knob knobs[4];   /* open points of the model; KNOB_COUNT ends them */
};

/* A processor by its usual name: what it lacks of the model's features, and its errata. */
struct processor {
    const char *name;
    uint8_t family, model;
    uint32_t lacks_edx, lacks_ecx; /* of CPUID 8000_000A: svm_withhold() */
    uint32_t errata;
};

extern const struct erratum errata_table[];
extern const size_t errata_count;
extern const struct processor processors[];
extern const size_t processors_count;

/* CPUID leaf 1, EAX (APM vol. 3, appendix E): both families here are beyond 0Fh. */
static inline uint32_t processor_signature(unsigned family, unsigned model)
{
    return (family - 0xf) << 20 | (model & 0xf0) << 12 | 0xf << 8 | (model & 0xf) << 4;
}

/* NULL if there is no such. */
const struct erratum *errata_find(const char *name);
const struct processor *processor_find(const char *name);

#endif
