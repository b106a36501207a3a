/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers of xAPIC mode, in memory at FEE00000h (SDM vol. 3, 10.4.1, 10.5.3, 10.12.2).
 * An access waits for the store buffer, being uncached (11.3).
 *
 * A register is the first dword of a slot of 16 bytes; what other sizes and places do is undefined, and
 * a finding here. In x2APIC mode and when disabled the APIC does not answer: a load finds ones, a store
 * leads nowhere. A register that does not exist reads as 0 and is an error (ESR bit 7); a store to one
 * that is read only has no effect and is none.
 */
#include "lapic/esr.h"
#include "lapic/internal.h"

enum { PAGE = 4096 };

static uint32_t index_of(uint64_t physical)
{
    return APIC_MSR_FIRST + (uint32_t)(physical - APIC_BASE_ADDRESS) / 16;
}

static bool answers(const struct lapic *l, unsigned core)
{
    return lapic_mode(l, core) == APIC_XAPIC;
}

static bool is_defined(uint64_t physical, unsigned size)
{
    return size == 4 && !(physical & 15);
}

static void xapic_next(void *owner, struct core *c, uint64_t physical, unsigned size, bool write,
                       uint64_t value, struct footprint *fp, unsigned *flags)
{
    struct lapic *l = owner;
    if (!answers(l, c->id) || !is_defined(physical, size))
        return;
    const struct apic_register *d = register_find(index_of(physical), XAPIC);
    if (!d)
        lapic_next_error(l, c->id, fp);
    else if (d->access & (write ? W : R))
        register_next(l, c->id, d, write, value, fp, flags);
}

/* The register that an access reaches; NULL if it reaches none, which has been dealt with. */
static const struct apic_register *reached(struct lapic *l, unsigned core, uint64_t physical,
                                           unsigned size, bool write)
{
    if (!is_defined(physical, size)) {
        machine_find(l->m, FINDING_LIMIT, "",
                     "CPU%u: %u bytes at APIC register offset %#x: must be 4, at a multiple of 16",
                     core, size, (unsigned)physical & (PAGE - 1));
        return NULL;
    }
    const struct apic_register *d = register_find(index_of(physical), XAPIC);
    if (!d) {
        machine_say(l->m, STEP_REGISTER, "APIC has no register %#x", index_of(physical));
        apic_log_error(lapic_regs(l, core), APIC_ESR_ILLEGAL_REGISTER);
        return NULL;
    }
    if (d->access & (write ? W : R))
        return d;
    machine_say(l->m, STEP_REGISTER, "APIC register %#x is %s only", index_of(physical),
                write ? "read" : "write");
    return NULL;
}

static uint64_t xapic_read(void *owner, struct core *c, uint64_t physical, unsigned size)
{
    struct lapic *l = owner;
    if (!answers(l, c->id))
        return ~0ull;
    const struct apic_register *d = reached(l, c->id, physical, size, false);
    return d ? register_read(l, c->id, index_of(physical)) : 0;
}

static void xapic_write(void *owner, struct core *c, uint64_t physical, unsigned size,
                        uint64_t value)
{
    struct lapic *l = owner;
    if (answers(l, c->id) && reached(l, c->id, physical, size, true))
        register_write(l, c, index_of(physical), value);
}

const struct mmio_ops lapic_xapic_ops = {
    .first = APIC_BASE_ADDRESS,
    .last = APIC_BASE_ADDRESS + PAGE - 1,
    .next = xapic_next,
    .read = xapic_read,
    .write = xapic_write,
};
