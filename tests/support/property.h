/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random specs, each explored by a reference and in other ways, which must all reach the same. A spec
 * on which they differ is shrunk.
 */
#ifndef TESTS_SUPPORT_PROPERTY_H
#define TESTS_SUPPORT_PROPERTY_H

#include "tests/support/differ.h"

enum { PROPERTY_MAX_REFERENCES = 2 };

struct property {
    const char *name;
    /* The first that comes to an end within its limit; the rest have limit 0. */
    struct exploration reference[PROPERTY_MAX_REFERENCES];
    const struct exploration *other;
    unsigned others;
    void (*draw)(struct random *, const void *context, struct spec *);
    const void *context;
};

/* NULL, or how they differ and on which spec. `compared`: 1 of the reference that was used. */
const char *property_fails(const struct property *, struct spec *,
                           unsigned compared[PROPERTY_MAX_REFERENCES]);

/*
 * Draws until so many programs of each seed have been compared; IRQWEAVE_PROPERTY_SECONDS=n adds
 * others, which the time seeds, for n seconds. NULL, or what is wrong, for instance that no more than
 * every fourth program is small enough: then nothing is tested. VERBOSE=1 prints how many were.
 */
const char *property_check(const struct property *, unsigned seeds, unsigned programs);

#endif
