/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local APICs of a machine, in xAPIC or x2APIC mode, and the fabric that carries interrupt
 * messages between them (SDM vol. 3, APIC).
 *
 * A send is one step and the arrival another; between them the message is in flight (sim/message).
 * Acceptance by the core is the core's next step (cpu/core). Ids are the core numbers unless
 * lapic_set_id() says otherwise.
 *
 * Model bugs are assertions. What the code under test does wrong is a finding of the machine or,
 * where the manual says so, #GP or an ESR bit.
 */
#ifndef LAPIC_LAPIC_H
#define LAPIC_LAPIC_H

#include "cpu/core.h"
#include "lapic/logical.h"
#include "lapic/priority.h"
#include "sim/machine.h"

enum { LAPIC_PHYSICAL_BITS = 46 };

/* What has arrived and waits for the core beside IRR and the NMI. */
struct apic_latch {
    uint8_t init, startup, smi;
    uint8_t page; /* of the start-up message */
};

/* Whose messages of kinds from APIC_CARRIED on the fabric carries besides: what an arrival touches beyond
 * RES_INBOUND of its target, and what it does. */
struct fabric_guest {
    void (*next)(void *guest, const struct message *, struct footprint *);
    void (*arrive)(void *guest, const struct message *);
    void (*describe)(void *guest, const struct message *, char *text, size_t size);
};

struct doorbell_ops;

struct lapic {
    struct machine *m;
    struct cpu *cpu;
    struct apic_regs *regs; /* one a core, in the arena */
    struct apic_latch *latch; /* the same */
    struct ioapic *ioapic; /* lapic/ioapic.h; NULL: none */
    const struct fabric_guest *carried; /* NULL: none */
    void *carried_for;
    bool levels; /* somebody can send level-triggered messages; set before set-up */
    struct lapic_timer *timer[MACHINE_MAX_CORES]; /* lapic/timer.h; NULL: none */
    struct {
        const struct doorbell_ops *ops; /* lapic/doorbell.h; NULL: nobody answers */
        void *owner;
    } doorbell;
};

/* Attaches local APICs in their reset state (xAPIC mode, software disabled) to all cores, and
 * becomes the fabric of the machine. `cpu` may be NULL (unit tests). */
struct lapic *lapic_new(struct machine *, struct cpu *);
void lapic_free(struct lapic *);

static inline struct apic_regs *lapic_regs(const struct lapic *l, unsigned core)
{
    assert(core < l->m->cores);
    return &l->regs[core];
}

/* Before set-up only. */
void lapic_set_id(struct lapic *, unsigned core, uint32_t id);

/* The core whose APIC has this x2APIC id; -1 if there is none. */
int lapic_core_of_id(const struct lapic *, uint32_t id);

/* For models that run on the core's coroutine (vmx/): the footprint is theirs to announce. */
static inline unsigned lapic_deliverable(const struct lapic *l, unsigned core)
{
    return apic_intr(lapic_regs(l, core)); /* vector, 0 if none */
}
unsigned lapic_acknowledge(struct lapic *, unsigned core);
void lapic_eoi(struct lapic *, unsigned core);

/* What the step of an EOI touches. */
void lapic_next_eoi(const struct lapic *, unsigned core, struct footprint *, unsigned *flags);

/* One NMI is latched until the core takes it; another that arrives before that is lost in it. */
bool lapic_nmi_pending(const struct lapic *, unsigned core);
void lapic_take_nmi(struct lapic *, unsigned core);

/* ---- For sources of interrupts: I/O APICs, MSIs, pins. The footprint is theirs to announce. ---- */

struct apic_message {
    uint8_t delivery, vector; /* enum apic_delivery */
    bool level;
    const struct apic_destination *to; /* NULL: it names its target otherwise */
};

/* The cores that a message for this destination must be posted to, a bit each. */
uint32_t lapic_targets(const struct lapic *, struct apic_destination);

/* Posts it to one of them; `source` and what to announce as for message_send(). */
void lapic_post(struct lapic *, unsigned source, const struct apic_message *, unsigned target);

/* Lowest priority: what choosing one of the candidates touches; and choosing it, -1 if none is
 * enabled. `to`: as in struct apic_message. */
void lapic_arbitration_next(uint32_t candidates, struct footprint *);
int lapic_arbitrate(struct lapic *, uint32_t candidates, const struct apic_destination *to);

/* What accepting a vector touches beyond INTR: the last of them decides its bit of TMR, so that a level
 * and an edge do not commute. Accepting an illegal one raises the error entry instead, by an edge. */
void lapic_next_accept(const struct lapic *, unsigned core, unsigned vector, bool level,
                       struct footprint *);

/* The source of an entry of the local vector table raises it: changes INTR, for NMIs UNIT_NMI. */
void lapic_raise(struct lapic *, unsigned core, enum apic_lvt);

/* For invariants and obligations. */
bool lapic_irr(const struct lapic *, unsigned core, unsigned vector);
bool lapic_isr(const struct lapic *, unsigned core, unsigned vector);

/* The footprint of anything that changes what a core can be interrupted by. */
static inline uint64_t lapic_intr(unsigned core)
{
    return resource_make(RES_INTR, core);
}

#endif
