/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kinds of findings as bits, so that those without room for a message are at least named. */
#include <stdio.h>

#include "sim/machine.h"

enum { FIRST_OBLIGATION = MACHINE_MAX_INVARIANTS, FIRST_KIND = 2 * MACHINE_MAX_INVARIANTS };

static_assert(FIRST_KIND + FINDING_LIMIT < 64, "every kind of finding has a bit");

unsigned finding_bit(const struct machine *m, enum finding_kind kind, const char *name)
{
    for (unsigned i = 0; kind == FINDING_INVARIANT && i < m->invariant_count; i++)
        if (!strcmp(m->invariant[i].name, name))
            return i;
    for (unsigned i = 0; kind == FINDING_OBLIGATION && i < m->obligation_count; i++)
        if (!strcmp(m->obligation[i].name, name))
            return FIRST_OBLIGATION + i;
    return FIRST_KIND + kind;
}

struct finding finding_of_bit(const struct machine *m, unsigned bit)
{
    struct finding f = {.kind = bit < FIRST_OBLIGATION ? FINDING_INVARIANT : FINDING_OBLIGATION};
    const char *name = "";
    if (bit >= FIRST_KIND)
        f.kind = bit - FIRST_KIND;
    else if (bit >= FIRST_OBLIGATION)
        name = m->obligation[bit - FIRST_OBLIGATION].name;
    else
        name = m->invariant[bit].name;
    snprintf(f.name, sizeof f.name, "%s", name);
    return f;
}
