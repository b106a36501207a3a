/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest writes the ICR: AVIC sends the IPI itself, or leaves the guest (exit 401h).
 * After the APM vol. 2 (rev. 3.44), 15.29.5, 15.29.6.1 (steps 1 to 6), 15.29.9.1.
 *
 * First the targets are found, and one that is illegal ends it with nothing sent (or not: knobs). Then for each target: the bit in IRR
 * of its backing page, by a locked access; IsRunning of its entry, which is read once more, behind that; the doorbell, or
 * the note that it does not run. Each is a step of its own, and others may come between any two. That the entry is
 * read behind the locked access is what Linux demands of the processor; erratum #1235 is about it.
 *
 * A locked access waits for the store buffer: what the guest has stored before is visible when its IPI is. Left out:
 * more than IPI_TARGETS targets of one write.
 */
#include "lapic/doorbell.h"
#include "svm/avic_internal.h"
#include "svm/doorbell.h"

enum { IPI_TARGETS = 64, IPI_SENT = -1 };

struct target {
    uint32_t index; /* as the exit names it */
    uint64_t at;    /* of the entry */
    uint64_t entry; /* as it was found */
};

struct ipi {
    uint64_t icr; /* ICRH and ICRL */
    uint64_t table;
    unsigned last; /* index of the last entry */
    bool x2;
    unsigned count;
    uint32_t bad; /* index of what is illegal */
    struct target target[IPI_TARGETS];
};

static unsigned vector_of(const struct ipi *ipi)
{
    return ipi->icr & 0xff;
}

/* ---- Exits ---- */

void avic_incomplete_ipi(struct svm *s, struct core *c, uint64_t icr, enum avic_ipi_failure id,
                         unsigned index, uint64_t next_rip)
{
    if (knob_value(&c->m->knobs, KNOB_AVIC_ICR_BUSY) == 1) {
        icr |= APIC_ICR_PENDING;
        core_hw_write(c, avic_page(s, c) + VAPIC_VICR_LO, 4, icr & 0xffffffff);
    }
    avic_exit(s, c, next_rip, VMEXIT_AVIC_INCOMPLETE_IPI, icr, (uint64_t)id << 32 | index);
}

/* What the value itself is wrong with, or IPI_SENT. */
static int check_value(struct core *c, uint64_t icr)
{
    bool type = !avic_type_is_sent(icr), vector = (icr & 0xff) < APIC_FIRST_VECTOR;
    if (type && vector)
        return knob_value(&c->m->knobs, KNOB_AVIC_ICR_CHECKS) == 0 ? IPI_INVALID_TYPE
                                                                   : IPI_INVALID_VECTOR;
    return type ? IPI_INVALID_TYPE : vector ? IPI_INVALID_VECTOR : IPI_SENT;
}

/* ---- Targets ---- */

static uint64_t read_entry(struct core *c, uint64_t at, unsigned index)
{
    uint64_t entry = core_hw_read(c, at, PIT_ENTRY_SIZE);
    machine_say(c->m, STEP_SVM, "physical APIC ID table[%u]: %s%s, host %#x", index,
                pit_valid(entry) ? "valid" : "not valid", pit_running(entry) ? ", running" : "",
                pit_host_id(entry));
    return entry;
}

static void remember(struct core *c, struct ipi *ipi, uint32_t index, uint64_t at, uint64_t entry)
{
    if (ipi->count == IPI_TARGETS)
        core_not_modelled(c, "an IPI of AVIC with more than 64 targets");
    if (pit_page(entry) + 4096 > c->m->memory.size)
        core_not_modelled(c, "a backing page outside the machine's memory");
    ipi->target[ipi->count++] = (struct target){index, at, entry};
}

/* Entry `id` of the PIT, that table entry `index` names. */
static int add_directed(struct core *c, struct ipi *ipi, uint32_t id, uint32_t index)
{
    ipi->bad = index & AVIC_TABLE_INDEX;
    if (id > ipi->last)
        return IPI_INVALID_TARGET;
    uint64_t at = pit_entry_at(ipi->table, id), entry = read_entry(c, at, id);
    if (!pit_valid(entry))
        return IPI_INVALID_TARGET;
    if (pit_page(entry) >> SVM_PHYSICAL_BITS)
        return IPI_INVALID_BACKING_PAGE;
    remember(c, ipi, index, at, entry);
    return IPI_SENT;
}

static int add_logical(struct svm *s, struct core *c, struct ipi *ipi, uint32_t index)
{
    if (ipi->x2)
        return add_directed(c, ipi, index, index);
    uint64_t table = vmcb_get(svm_current(s, c), VMCB_LOGICAL_TABLE) & PIT_PAGE;
    uint32_t entry = (uint32_t)core_hw_read(c, lit_entry_at(table, index), LIT_ENTRY_SIZE);
    machine_say(c->m, STEP_SVM, "logical APIC ID table[%u] = %#x", index, entry);
    ipi->bad = index;
    return entry & LIT_VALID ? add_directed(c, ipi, entry & LIT_GUEST_ID, index) : IPI_INVALID_TARGET;
}

/* All-but-self leaves out the sender. */
static bool is_sender(struct core *c, unsigned id, uint64_t entry, uint64_t own_id, uint64_t page)
{
    bool by_page = knob_value(&c->m->knobs, KNOB_AVIC_OTHERS) == 1;
    return by_page ? pit_page(entry) == page : id == own_id;
}

static uint64_t own_id(struct svm *s, struct core *c, bool x2)
{
    uint32_t id = (uint32_t)core_hw_read(c, avic_page(s, c) + VAPIC_ID, 4);
    return x2 ? id : id >> 24;
}

/* Entries that are not valid are passed over. */
static int add_all(struct svm *s, struct core *c, struct ipi *ipi, bool others)
{
    unsigned last = !ipi->x2 && ipi->last > AVIC_MAX_INDEX - 1 ? AVIC_MAX_INDEX - 1 : ipi->last;
    uint64_t self = others ? own_id(s, c, ipi->x2) : 0, page = avic_page(s, c);
    for (unsigned id = 0; id <= last; id++) {
        uint64_t at = pit_entry_at(ipi->table, id), entry = read_entry(c, at, id);
        if (!pit_valid(entry) || (others && is_sender(c, id, entry, self, page)))
            continue;
        ipi->bad = id;
        if (pit_page(entry) >> SVM_PHYSICAL_BITS)
            return IPI_INVALID_BACKING_PAGE;
        remember(c, ipi, id, at, entry);
    }
    return IPI_SENT;
}

static int find_targets(struct svm *s, struct core *c, struct ipi *ipi, const struct avic_targets *to)
{
    if (to->scope == AVIC_TO_MANY)
        return add_all(s, c, ipi, to->all_but_self);
    if (to->scope == AVIC_TO_ONE)
        return add_directed(c, ipi, to->first, to->first);
    int failure = IPI_SENT;
    for (unsigned left = to->mask; left && failure == IPI_SENT; left &= left - 1)
        failure = add_logical(s, c, ipi, to->first + (unsigned)__builtin_ctz(left));
    return failure;
}

/* ---- Sending ---- */

static void set_irr(struct core *c, uint64_t page, unsigned vector)
{
    if (knob_value(&c->m->knobs, KNOB_AVIC_IPI_CLEARS_TMR) == 1)
        vapic_change_bit(c, page + VAPIC_VTMR, vector, false, "TMR");
    vapic_change_bit(c, page + VAPIC_VIRR, vector, true, "IRR");
}

static void ring(struct svm *s, struct core *c, uint32_t host_id)
{
    struct footprint fp;
    footprint_clear(&fp);
    doorbell_next(s->lapic, c->id, host_id, &fp);
    core_point(c, &fp, lapic_core_of_id(s->lapic, host_id) < 0 ? 0 : POINT_SLOT);
    doorbell_send(s->lapic, c->id, host_id);
}

/* Is it running? */
static bool send_to(struct svm *s, struct core *c, const struct ipi *ipi, const struct target *t)
{
    set_irr(c, pit_page(t->entry), vector_of(ipi));
    uint64_t entry = s->errata & ERRATUM_1235
                         ? erratum_1235_read(s, c, t->at, t->entry)
                         : read_entry(c, t->at, (unsigned)((t->at - ipi->table) / PIT_ENTRY_SIZE));
    if (!pit_running(entry))
        return false;
    ring(s, c, pit_host_id(entry));
    return true;
}

/* The knobs are asked where there are several, which is the same in all equivalent executions. */
static const struct target *nth(struct core *c, const struct ipi *ipi, unsigned n)
{
    bool descending =
        ipi->count > 1 && knob_value(&c->m->knobs, KNOB_AVIC_TARGET_ORDER) == 1;
    return &ipi->target[descending ? ipi->count - 1 - n : n];
}

/* The target that the exit shall name; NULL if all run. */
static const struct target *send_to_all(struct svm *s, struct core *c, const struct ipi *ipi)
{
    const struct target *named = NULL;
    bool last = ipi->count > 1 && knob_value(&c->m->knobs, KNOB_AVIC_NOT_RUNNING_INDEX) == 1;
    for (unsigned n = 0; n < ipi->count; n++) {
        const struct target *t = nth(c, ipi, n);
        if (!send_to(s, c, ipi, t) && (!named || last))
            named = t;
    }
    return named;
}

/* One of its targets is illegal: have those before it got theirs? */
static bool has_sent_before(struct core *c, const struct avic_targets *to)
{
    if (to->scope == AVIC_TO_MANY)
        return knob_value(&c->m->knobs, KNOB_AVIC_BROADCAST_BAD_PAGE) == 1;
    return to->scope == AVIC_TO_LOGICAL && knob_value(&c->m->knobs, KNOB_AVIC_LOGICAL_BAD_TARGET) == 1;
}

static bool send(struct svm *s, struct core *c, struct ipi *ipi, const struct avic_targets *to,
                 uint64_t next_rip)
{
    int failure = find_targets(s, c, ipi, to);
    bool sent = failure == IPI_SENT || has_sent_before(c, to);
    const struct target *named = sent ? send_to_all(s, c, ipi) : NULL;
    c->state->cycles += AVIC_IPI_CYCLES;
    if (failure != IPI_SENT)
        avic_incomplete_ipi(s, c, ipi->icr, (enum avic_ipi_failure)failure, ipi->bad, next_rip);
    else if (named)
        avic_incomplete_ipi(s, c, ipi->icr, IPI_TARGET_NOT_RUNNING, named->index & AVIC_TABLE_INDEX,
                            next_rip);
    return failure != IPI_SENT || named;
}

/* ---- The write ---- */

static uint32_t destination_format(struct svm *s, struct core *c, bool x2)
{
    return x2 ? 0 : (uint32_t)core_hw_read(c, avic_page(s, c) + VAPIC_DFR, 4);
}

static struct avic_targets targets_of(struct svm *s, struct core *c, uint64_t icr, bool x2)
{
    bool logical = icr >> 11 & 1, open = avic_all_ones(icr, x2) && (x2 || logical);
    bool all = open && knob_value(&c->m->knobs, x2 ? KNOB_X2AVIC_BROADCAST : KNOB_AVIC_LOGICAL_FFH) == 0;
    return avic_targets_of(icr, x2, logical && !all ? destination_format(s, c, x2) : 0, all);
}

void avic_self_ipi(struct svm *s, struct core *c, unsigned vector)
{
    assert(vector >= APIC_FIRST_VECTOR);
    machine_say(s->m, STEP_SEND, "self IPI %#x", vector);
    set_irr(c, avic_page(s, c), vector);
    avic_evaluate(s, c);
}

bool avic_icr_write(struct svm *s, struct core *c, uint64_t icr, uint64_t next_rip)
{
    const struct vmcb_copy *g = svm_current(s, c);
    uint64_t table = vmcb_get(g, VMCB_PHYSICAL_TABLE);
    int failure = check_value(c, icr);
    machine_say(s->m, STEP_SEND, "AVIC: ICR = %#llx", (unsigned long long)icr);
    if (failure != IPI_SENT) {
        avic_incomplete_ipi(s, c, icr, (enum avic_ipi_failure)failure, 0, next_rip);
        return true;
    }
    struct avic_targets to = targets_of(s, c, icr, avic_x2(g));
    if (to.scope == AVIC_TO_SELF) {
        avic_self_ipi(s, c, icr & 0xff);
        return false;
    }
    struct ipi ipi = {.icr = icr, .table = table & PIT_PAGE, .last = table & AVIC_TABLE_INDEX,
                      .x2 = avic_x2(g)};
    return send(s, c, &ipi, &to, next_rip);
}
