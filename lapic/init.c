/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What INIT, start-up, SMI and ExtINT messages do to the core at which they arrive; taking them is the
 * core's affair (cpu/init.c). After the SDM vol. 3, APIC: 10.4.7.3, 10.7, and 8.4.
 *
 * INIT is latched until the core takes it; VMX operation blocks it for so long. A start-up message counts
 * for a core that waits for one, and for one that is about to wait because an INIT has arrived: its
 * sender has waited for much longer than a core needs to take an INIT. The first one wins; for any other
 * core it is dropped, and hardware never repeats it (10.7).
 */
#include "lapic/init.h"

#include "lapic/internal.h"
#include "lapic/mode.h"
#include "lapic/timer.h"

bool lapic_init_pending(const struct lapic *l, unsigned core)
{
    return l->latch[core].init;
}

void lapic_take_init(struct lapic *l, unsigned core)
{
    assert(lapic_init_pending(l, core));
    l->latch[core].init = 0;
}

bool lapic_smi_pending(const struct lapic *l, unsigned core)
{
    return l->latch[core].smi;
}

bool lapic_startup_pending(const struct lapic *l, unsigned core)
{
    return l->latch[core].startup;
}

unsigned lapic_take_startup(struct lapic *l, unsigned core)
{
    assert(lapic_startup_pending(l, core));
    l->latch[core].startup = 0;
    return l->latch[core].page;
}

bool init_reset(struct lapic *l, unsigned core)
{
    struct apic_regs *r = lapic_regs(l, core);
    lapic_take_init(l, core);
    if (r->base & APIC_BASE_BSP)
        return false;
    apic_reset_registers(r); /* mode and id stay (10.4.7.3, 10.12.5.1) */
    timer_reset(l, core);
    return true;
}

static bool in_vmx_operation(const struct lapic *l, unsigned core)
{
    const struct virt_ops *ops = l->cpu->virt_ops;
    return l->cpu->virt && ops->in_operation && ops->in_operation(l->cpu->virt, &l->cpu->core[core]);
}

static bool waits_for_startup(const struct lapic *l, unsigned core)
{
    if (!l->cpu)
        return lapic_init_pending(l, core); /* without cores */
    if (l->cpu->core[core].state->activity == ACTIVITY_SIPI)
        return true;
    return lapic_init_pending(l, core) && !in_vmx_operation(l, core);
}

static void arrive_startup(struct lapic *l, unsigned core, unsigned vector)
{
    struct apic_latch *latch = &l->latch[core];
    if (!waits_for_startup(l, core)) {
        machine_say(l->m, STEP_ARRIVE, "it does not wait for start-up: dropped");
        return;
    }
    if (latch->startup) {
        machine_say(l->m, STEP_ARRIVE, "another one came first: dropped");
        return;
    }
    latch->startup = 1;
    latch->page = (uint8_t)vector;
}

static void arrive_smi(struct lapic *l, unsigned core)
{
    if (l->cpu && l->cpu->virt && l->cpu->virt_ops->takes_smi) {
        l->latch[core].smi = 1;
        return;
    }
    machine_find(l->m, FINDING_LIMIT, "", "CPU%u: an SMI arrives; system-management mode is not "
                 "modelled", core);
}

static void arrive_init(struct lapic *l, unsigned core)
{
    if (l->latch[core].init)
        machine_say(l->m, STEP_ARRIVE, "one is pending already");
    l->latch[core].init = 1;
    l->latch[core].startup = 0; /* the core is reset, whatever it was about to do */
}

void init_next_arrival(unsigned core, unsigned kind, struct footprint *fp)
{
    if (kind != APIC_INIT && kind != APIC_STARTUP && kind != APIC_SMI)
        return;
    /* They do not commute: which came first decides what counts. */
    core_touch_part(fp, core, PART_INIT, ACCESS_WRITE);
    if (kind == APIC_STARTUP) {
        footprint_add(fp, core_control(core, UNIT_VIRT), ACCESS_READ);
        footprint_add(fp, core_control(core, UNIT_GIF), ACCESS_READ);
    }
}

void init_arrive(struct lapic *l, unsigned core, unsigned kind, unsigned vector)
{
    switch (kind) {
    case APIC_INIT:
        arrive_init(l, core);
        break;
    case APIC_STARTUP:
        arrive_startup(l, core, vector);
        break;
    case APIC_SMI:
        arrive_smi(l, core);
        break;
    default:
        machine_find(l->m, FINDING_LIMIT, "", "CPU%u: an ExtINT arrives; there is no interrupt "
                     "controller that would give its vector", core);
    }
    machine_observe(l->m, core); /* each boundary counts now, whatever IF is */
}
