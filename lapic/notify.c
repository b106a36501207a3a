/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPIs that microcode sends, in the style of the local APIC's mode: see lapic/notify.h. */
#include "lapic/notify.h"

#include "lapic/internal.h"

/* As written to the ICR in the mode that the APIC is in: destination in bits 63:32, or 63:56. */
static uint64_t icr_of(const struct lapic *l, unsigned core, unsigned vector, uint32_t ndst)
{
    bool wide = lapic_mode(l, core) == APIC_X2APIC;
    return (wide ? (uint64_t)ndst << 32 : (uint64_t)(ndst >> 8 & 0xff) << 56) | vector;
}

/* Globally disabled: there is no APIC that could send. */
static bool can_send(const struct lapic *l, unsigned core)
{
    return lapic_mode(l, core) != APIC_DISABLED;
}

void lapic_next_notification(struct lapic *l, unsigned core, unsigned vector, uint32_t ndst,
                             struct footprint *fp, unsigned *flags)
{
    if (can_send(l, core))
        icr_next(l, core, icr_of(l, core, vector, ndst), fp, flags);
}

void lapic_notify(struct lapic *l, struct core *c, unsigned vector, uint32_t ndst)
{
    if (can_send(l, c->id))
        icr_send(l, c, icr_of(l, c->id, vector, ndst));
    else
        machine_say(l->m, STEP_SEND, "notification %#x is not sent: the APIC is disabled", vector);
}
