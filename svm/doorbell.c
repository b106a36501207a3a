/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * After the APM vol. 2 (rev. 3.44), 15.29.8.2. The register is write-only; bits beyond those of the id must be zero
 * (knob doorbell-id-bits). Its WRMSR does not serialize ("relaxed"), so that an earlier store may still wait in the
 * store buffer when the doorbell leaves: knob doorbell-wrmsr-drains. An MFENCE before it is over by then.
 *
 * Left out: what a doorbell costs a core that it does nothing to.
 */
#include "svm/doorbell.h"

#include "lapic/doorbell.h"

/* The knob is asked where it makes a difference, which is the instruction's own affair. */
static bool is_legal(struct knobs *k, uint64_t value)
{
    static const unsigned bits[] = {32, 12, 8};
    return !(value >> bits[2]) || !(value >> bits[knob_value(k, KNOB_DOORBELL_ID_BITS)]);
}

static bool next_write(void *owner, struct core *c, uint32_t msr, bool write, uint64_t value,
                 struct footprint *fp, unsigned *flags)
{
    const struct lapic *l = owner;
    (void)msr;
    if (!write)
        return false;
    if (!is_legal(&c->m->knobs, value))
        return false;
    if (c->m->model == MEMORY_TSO && knob_value(&c->m->knobs, KNOB_DOORBELL_WRMSR_DRAINS) == 1)
        *flags |= POINT_DRAINED;
    if (lapic_core_of_id(l, (uint32_t)value) >= 0)
        *flags |= POINT_SLOT;
    doorbell_next(l, c->id, (uint32_t)value, fp);
    return true;
}

static bool write_register(void *owner, struct core *c, uint32_t msr, bool write, uint64_t *value)
{
    (void)msr;
    assert(write);
    (void)write;
    doorbell_send(owner, c->id, (uint32_t)*value);
    return true;
}

const struct msr_ops doorbell_msr_ops = {
    .first = MSR_AVIC_DOORBELL,
    .last = MSR_AVIC_DOORBELL,
    .next = next_write,
    .access = write_register,
};
