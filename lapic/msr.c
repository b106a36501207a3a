/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RDMSR and WRMSR of the x2APIC registers (800h to BFFh) and of IA32_APIC_BASE, with their faults.
 * After the SDM vol. 3, APIC: 10.4.4, 10.12.1 to 10.12.3.
 *
 * WRMSR to an x2APIC register is not serializing and does not drain the store buffer (10.12.3).
 */
#include "lapic/internal.h"
#include "lapic/mode.h"
#include "lapic/timer.h"

static bool x2apic_next(void *owner, struct core *c, uint32_t msr, bool write, uint64_t value,
                        struct footprint *fp, unsigned *flags)
{
    struct lapic *l = owner;
    const struct apic_register *d = register_find(msr, X2APIC);
    /* SDM vol. 3, 10.12.2: in xAPIC mode and when disabled every index of the range faults. */
    if (lapic_mode(l, c->id) != APIC_X2APIC || !d)
        return false;
    if (!(d->access & (write ? W : R)) || (write && (value & ~d->bits)))
        return false;
    register_next(l, c->id, d, write, value, fp, flags);
    *flags |= POINT_UNFENCED;
    return true;
}

static bool x2apic_access(void *owner, struct core *c, uint32_t msr, bool write, uint64_t *value)
{
    struct lapic *l = owner;
    if (write)
        register_write(l, c, msr, *value);
    else
        *value = register_read(l, c->id, msr);
    return true;
}

static bool base_next(void *owner, struct core *c, uint32_t msr, bool write, uint64_t value,
                      struct footprint *fp, unsigned *flags)
{
    struct lapic *l = owner;
    (void)msr;
    if (!write)
        return true;
    if (!apic_base_allowed(lapic_regs(l, c->id)->base, value, LAPIC_PHYSICAL_BITS))
        return false;
    footprint_add(fp, lapic_intr(c->id), ACCESS_WRITE);
    footprint_add(fp, timer_resource(c->id), ACCESS_WRITE);
    *flags |= POINT_DRAINED; /* an ordinary WRMSR is serializing (SDM vol. 3, 8.3) */
    return true;
}

static void write_base(struct lapic *l, unsigned core, uint64_t value)
{
    struct apic_regs *r = lapic_regs(l, core);
    enum apic_mode before = apic_mode_of(r->base), after = apic_mode_of(value);
    bool resets = true;
    if (before == APIC_XAPIC && after == APIC_DISABLED)
        resets = knob_value(&l->m->knobs, KNOB_APIC_DISABLE_RESETS) == 0;
    if ((value ^ r->base) >> 12)
        machine_find(l->m, FINDING_LIMIT, "",
                     "CPU%u: APIC registers at %#llx: they must stay at %#x", core,
                     (unsigned long long)(value & ~0xfffull), APIC_BASE_ADDRESS);
    apic_change_base(r, value, resets);
    if (after == APIC_DISABLED)
        timer_reset(l, core); /* whether the registers stay or not, it stops */
    if (before != after)
        lapic_observe(l, core); /* what is sent to it is looked at when it arrives: fabric.c */
}

static bool base_access(void *owner, struct core *c, uint32_t msr, bool write, uint64_t *value)
{
    struct lapic *l = owner;
    struct apic_regs *r = lapic_regs(l, c->id);
    (void)msr;
    if (!write) {
        *value = r->base;
        return true;
    }
    write_base(l, c->id, *value);
    machine_say(l->m, STEP_REGISTER, "IA32_APIC_BASE = %#llx", (unsigned long long)*value);
    return true;
}

const struct msr_ops lapic_x2apic_ops = {
    .first = APIC_MSR_FIRST,
    .last = APIC_MSR_LAST,
    .next = x2apic_next,
    .access = x2apic_access,
};

const struct msr_ops lapic_base_ops = {
    .first = MSR_APIC_BASE,
    .last = MSR_APIC_BASE,
    .next = base_next,
    .access = base_access,
};
