/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pins of a core and what its local vector table makes of them. After the SDM vol. 3, 10.5.1: fixed
 * delivery has the trigger mode of the entry, NMI, SMI and INIT are edges, ExtINT is a level; bit 13 inverts LINT0
 * and LINT1. Remote IRR holds a level back from its acceptance to its EOI; what is still there then is accepted
 * again. An edge at a masked entry is lost, a level waits for it.
 *
 * Left out: edges that a write of the polarity makes; pins of an APIC that is disabled in IA32_APIC_BASE, which
 * are INTR and NMI of the core (10.4.3).
 */
#include "lapic/pins.h"

#include "lapic/init.h"
#include "lapic/internal.h"
#include "lapic/lvt.h"
#include "lapic/mode.h"

struct apic_pins {
    uint8_t drivers[LVT_COUNT]; /* that assert it, a bit each */
};

void lapic_add_pins(struct lapic *l)
{
    if (!l->pins)
        l->pins = machine_reserve(l->m, l->m->cores * sizeof *l->pins);
    l->levels = true;
}

bool pins_have_level(enum apic_lvt which)
{
    return which == LVT_LINT0 || which == LVT_LINT1;
}

bool pins_can_drive(enum apic_lvt which)
{
    return which != LVT_TIMER && which != LVT_ERROR && which < LVT_COUNT;
}

/* Is the pin active, as its entry reads it? */
static bool is_active(uint32_t entry, unsigned drivers)
{
    return (drivers != 0) != ((entry & APIC_LVT_ACTIVE_LOW) != 0);
}

static bool is_level(const struct apic_regs *r, enum apic_lvt which)
{
    unsigned delivery = apic_lvt_delivery(r, which);
    return pins_have_level(which) &&
           (delivery == APIC_EXTINT || (delivery == APIC_FIXED && (r->lvt[which] & APIC_LVT_LEVEL)));
}

/* Whatever the entry says now, the step depends on it; and two drivers of one pin do not commute. */
void pins_next_drive(const struct lapic *l, unsigned core, enum apic_lvt which, struct footprint *fp)
{
    const struct apic_regs *r = lapic_regs(l, core);
    unsigned delivery = apic_lvt_delivery(r, which);
    footprint_add(fp, core_control(core, UNIT_APIC_PINS), ACCESS_WRITE);
    footprint_add(fp, lapic_intr(core), ACCESS_ACCUMULATE);
    if (delivery == APIC_FIXED)
        lapic_next_accept(l, core, r->lvt[which] & 0xff, is_level(r, which), fp);
    if (delivery == APIC_NMI)
        core_touch_part(fp, core, PART_NMI, ACCESS_ACCUMULATE);
    init_next_arrival(core, apic_lvt_reserved(r, which) ? APIC_FIXED : delivery, fp);
}

static bool refuse_disabled(struct lapic *l, unsigned core, enum apic_lvt which)
{
    if (!pins_have_level(which) || apic_mode_of(lapic_regs(l, core)->base) != APIC_DISABLED)
        return false;
    machine_find(l->m, FINDING_LIMIT, "", "CPU%u: LINT%d of an APIC that is disabled: not modelled", core,
                 which - LVT_LINT0);
    return true;
}

void pins_drive(struct lapic *l, unsigned core, enum apic_lvt which, unsigned driver, bool asserted)
{
    const struct apic_regs *r = lapic_regs(l, core);
    uint8_t *drivers = &l->pins[core].drivers[which];
    unsigned before = *drivers;
    assert(driver < 8 && pins_can_drive(which));
    *drivers = (uint8_t)(asserted ? before | 1u << driver : before & ~(1u << driver));
    if (refuse_disabled(l, core, which))
        return;
    bool rises = is_active(r->lvt[which], *drivers) && !is_active(r->lvt[which], before);
    if (pins_have_level(which) ? rises : asserted)
        lapic_raise(l, core, which);
}

static bool waits(const struct apic_regs *r, enum apic_lvt which, unsigned drivers)
{
    uint32_t entry = r->lvt[which];
    return is_level(r, which) && is_active(entry, drivers) &&
           !(entry & (APIC_LVT_MASKED | APIC_LVT_REMOTE_IRR));
}

void pins_look(struct lapic *l, unsigned core)
{
    if (!l->pins)
        return;
    for (enum apic_lvt which = LVT_LINT0; which <= LVT_LINT1; which++)
        if (waits(lapic_regs(l, core), which, l->pins[core].drivers[which]))
            lapic_raise(l, core, which);
}
