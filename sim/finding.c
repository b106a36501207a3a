/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an execution finds: one of each kind and name. Kinds as bits, so that those without room for a
 * message are at least named. */
#include <stdarg.h>
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

static bool already_found(const struct machine *m, enum finding_kind kind, const char *name)
{
    for (uint32_t i = 0; i < m->state->finding_count; i++)
        if (m->state->finding[i].kind == kind && !strcmp(m->state->finding[i].name, name))
            return true;
    return false;
}

void machine_find(struct machine *m, enum finding_kind kind, const char *name, const char *format,
                  ...)
{
    if (already_found(m, kind, name))
        return;
    if (kind == FINDING_LIMIT)
        m->state->bounds |= BOUND_MODEL;
    if (m->state->finding_count == MACHINE_MAX_FINDINGS) {
        m->state->dropped |= 1ull << finding_bit(m, kind, name);
        return;
    }
    struct finding *f = &m->state->finding[m->state->finding_count++];
    f->kind = kind;
    snprintf(f->name, sizeof f->name, "%s", name);
    va_list ap;
    va_start(ap, format);
    vsnprintf(f->message, sizeof f->message, format, ap);
    va_end(ap);
}
