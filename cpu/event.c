/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events at instruction boundaries: interrupts and NMIs, and whatever the virtualization extension
 * takes in guest mode. Which one is ready, what taking it touches, and taking it. How it is delivered
 * through the IDT is in interrupt.c.
 */
#include "cpu/internal.h"
#include "sim/tso.h"

/* Could an event be recognised at the boundary where the core stands, if one were pending? */
bool event_interruptible(struct core *c)
{
    if (c->state->non_root)
        return c->cpu->virt_ops->interruptible(c->cpu->virt, c);
    return c->state->interrupt_flag && !c->state->shadow && !c->state->held;
}

void event_set_flag(struct core *c, bool on)
{
    bool rises = on && !c->state->interrupt_flag;
    c->state->interrupt_flag = on;
    if (rises && c->state->non_root && c->cpu->virt_ops->flag_set)
        c->cpu->virt_ops->flag_set(c->cpu->virt, c);
}

/* Could an NMI be taken here if one were pending? SDM vol. 3, 6.7.1 (blocked until the next IRET),
 * 26.6.1 and vol. 2, MOV (blocked by MOV SS). What STI does is a knob; it may open, so that the boundary
 * counts as open whatever the value: else the run that would consult the knob might be left out. Whether
 * an NMI is pending at that boundary is the same in all equivalent executions, as its arrival conflicts
 * with the step from there; and once it is pending it stays so until that step. */
static bool nmi_open(const struct core *c)
{
    return !c->state->nmi_blocked && !(c->state->shadow & SHADOW_MOV_SS) && !c->state->held;
}

bool core_nmi_ready(struct core *c)
{
    if (!core_is_observed(c) || !nmi_open(c) || !c->cpu->apic ||
        !c->cpu->apic_ops->nmi_pending(c->cpu->apic, c->id))
        return false;
    return !(c->state->shadow & SHADOW_STI) ||
           knob_value(&c->m->knobs, KNOB_STI_BLOCKS_NMI) == 0;
}

/* Of a host: an SMI that a guest has left pending, or that came outside of one. */
static bool smi_ready(const struct core *c)
{
    return core_is_observed(c) && !c->state->held && c->cpu->virt && c->cpu->virt_ops->takes_smi &&
           c->cpu->apic_ops->smi_pending(c->cpu->apic, c->id);
}

bool event_pending(struct core *c)
{
    if (c->state->non_root)
        return c->cpu->virt_ops->event_ready(c->cpu->virt, c);
    if (!c->cpu->apic)
        return false;
    if (init_pending(c) || smi_ready(c))
        return true;
    if (c->state->activity == ACTIVITY_SIPI)
        return false; /* SDM vol. 3, 8.4.2: it waits for nothing else */
    if (core_nmi_ready(c))
        return true;
    return event_interruptible(c) && c->cpu->apic_ops->pending(c->cpu->apic, c->id);
}

bool core_event_ready(struct core *c)
{
    return (c->exec.flags & POINT_BOUNDARY) && event_pending(c);
}

enum event_result event_take(struct core *c)
{
    spin_break(c);
    c->state->icount++; /* an event is a position of its own */
    c->state->acount = 0;
    if (c->state->non_root)
        return c->cpu->virt_ops->event_take(c->cpu->virt, c);
    if (smi_ready(c)) /* APM vol. 2, table 8-8: before INIT */
        core_not_modelled(c, "an SMI outside of a guest that is left by it");
    if (init_pending(c)) /* SDM vol. 3, table 6-2: before NMIs */
        return core_init_take(c);
    if (core_nmi_ready(c)) { /* SDM vol. 3, table 6-2: before maskable interrupts */
        core_take_nmi(c);
        return EVENT_DIVERTED;
    }
    unsigned vector = c->cpu->apic_ops->acknowledge(c->cpu->apic, c->id);
    machine_say(c->m, STEP_DELIVER, "takes interrupt %#x", vector);
    core_deliver(c, vector, false, 0, c->exec.resume_rip);
    return EVENT_DIVERTED;
}

/* The first step of the event that is ready. */
void event_next(struct core *c, struct footprint *fp, unsigned *flags)
{
    *flags = POINT_DRAINED; /* SDM vol. 3, 11.10: interrupts drain the store buffer */
    if (c->state->non_root)
        c->cpu->virt_ops->event_next(c->cpu->virt, c, fp, flags);
    else if (init_pending(c) || smi_ready(c))
        core_init_next(c, fp);
    else if (core_nmi_ready(c)) {
        footprint_add(fp, core_control(c->id, UNIT_NMI), ACCESS_WRITE);
        /* Had the NMI not come, the core's step would be another one, which reads INTR: what changes
         * that must not pass this one. */
        if (event_interruptible(c))
            footprint_add(fp, resource_make(RES_INTR, c->id), ACCESS_READ);
    } else
        footprint_add(fp, resource_make(RES_INTR, c->id), ACCESS_WRITE);
}

bool event_waits(struct core *c)
{
    struct footprint fp;
    unsigned flags;
    if (tso_empty(c->m, c->id))
        return false;
    footprint_clear(&fp);
    event_next(c, &fp, &flags);
    return flags & POINT_DRAINED;
}

/*
 * A step that could give way to an interrupt reads INTR, which every arrival changes. One that could
 * give way to an NMI or an INIT alone reads their part of UNIT_NMI, which the arrival of one changes and
 * that of another message does not. It does so once an NMI has arrived at this core in some execution: before that
 * nothing depends on it, and as every message arrives in the end, an exploration in which one is
 * sent at all comes to that point, and begins anew.
 */
void event_next_boundary(struct core *c, struct footprint *fp)
{
    if (event_interruptible(c))
        footprint_add(fp, resource_make(RES_INTR, c->id), ACCESS_READ);
    else if (core_is_observed(c) && !c->state->held)
        core_touch_part(fp, c->id, PART_INIT | (nmi_open(c) ? PART_NMI : 0), ACCESS_READ);
    if (c->state->non_root)
        c->cpu->virt_ops->boundary(c->cpu->virt, c, fp);
}
