/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPIs that microcode sends, in the style of the local APIC's mode: see lapic/notify.h. */
#include "lapic/notify.h"

#include "lapic/internal.h"

/* The ICR value of x2APIC mode that sends the same. In xAPIC mode FFh is the broadcast (SDM vol. 3,
 * 10.6.2.1). */
static uint64_t icr_of(const struct lapic *l, unsigned core, unsigned vector, uint32_t ndst)
{
    uint32_t destination = ndst;
    if (apic_mode_of(lapic_regs(l, core)->base) != APIC_X2APIC) {
        destination = ndst >> 8 & 0xff;
        destination = destination == 0xff ? UINT32_MAX : destination;
    }
    return (uint64_t)destination << 32 | vector;
}

/* Globally disabled: there is no APIC that could send. */
static bool can_send(const struct lapic *l, unsigned core)
{
    return apic_mode_of(lapic_regs(l, core)->base) != APIC_DISABLED;
}

void lapic_next_notification(struct lapic *l, unsigned core, unsigned vector, uint32_t ndst,
                             struct footprint *fp, unsigned *flags)
{
    if (can_send(l, core))
        fabric_next_send(l, core, icr_of(l, core, vector, ndst), fp, flags);
}

void lapic_notify(struct lapic *l, struct core *c, unsigned vector, uint32_t ndst)
{
    if (can_send(l, c->id))
        fabric_send(l, c, icr_of(l, c->id, vector, ndst));
    else
        machine_say(l->m, STEP_SEND, "notification %#x is not sent: the APIC is disabled", vector);
}
