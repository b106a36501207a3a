/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of lapic/, for nobody else. */
#ifndef LAPIC_INTERNAL_H
#define LAPIC_INTERNAL_H

#include "cpu/mmio.h"
#include "lapic/lapic.h"
#include "lapic/mode.h"

extern const struct msr_ops lapic_x2apic_ops; /* msr.c */
extern const struct msr_ops lapic_base_ops;   /* msr.c */
extern const struct mmio_ops lapic_xapic_ops; /* xapic.c */
extern const struct msr_ops lapic_deadline_ops; /* timer.c */
extern const struct message_ops lapic_fabric_ops; /* fabric.c */

/* timer.c: the TSC, for cores; false if the core has no timer. */
bool timer_next_tsc(struct lapic *, struct core *, struct footprint *);
uint64_t timer_read_tsc(struct lapic *, struct core *);

/* An error is logged, which may raise its entry of the local vector table. */
static inline void lapic_next_error(const struct lapic *l, unsigned core, struct footprint *fp)
{
    footprint_add(fp, lapic_intr(core), ACCESS_ACCUMULATE);
    lapic_next_accept(l, core, 0, false, fp);
}

/* init.c: messages that are neither fixed nor NMIs, and a core that takes an INIT: false if it is
 * the bootstrap processor. */
void init_next_arrival(unsigned core, unsigned kind, struct footprint *);
void init_arrive(struct lapic *, unsigned core, unsigned kind, unsigned vector);
bool init_reset(struct lapic *, unsigned core);

/* registers.c: the registers of one core's APIC, by their number in apic_regs.h, whatever way they
 * are reached. */
enum { R = 1, W = 2, RW = R | W };
enum { XAPIC = 1, X2APIC = 2, BOTH = XAPIC | X2APIC };
struct apic_register {
    uint16_t first, count;
    uint8_t access;                  /* R, W */
    uint8_t mode;                    /* XAPIC, X2APIC */
    uint8_t read_touch, write_touch; /* enum touch, in registers.c */
    uint64_t bits;                   /* that exist; others are reserved */
};
const struct apic_register *register_find(uint32_t index, unsigned mode);
void register_next(struct lapic *, unsigned core, const struct apic_register *, bool write,
                   uint64_t value, struct footprint *, unsigned *flags);
uint64_t register_read(struct lapic *, unsigned core, uint32_t index);
void register_write(struct lapic *, struct core *, uint32_t index, uint64_t value);
void register_write_lvt(struct lapic *, unsigned core, enum apic_lvt, uint32_t value);

/* What a write to TPR touches, and the write. */
void tpr_next(const struct lapic *, unsigned core, struct footprint *);
void tpr_write(struct lapic *, unsigned core, uint32_t value);

/* send.c: an ICR write. What its first visible step touches, and the write itself, which makes
 * a point of its own for each message after the first. */
void icr_next(struct lapic *, unsigned core, uint64_t icr, struct footprint *, unsigned *flags);
void icr_send(struct lapic *, struct core *, uint64_t icr);
void self_ipi_send(struct lapic *, unsigned core, unsigned vector);

/* doorbell.c: what the arrival of one touches, and the arrival. */
void doorbell_next_arrival(const struct lapic *, unsigned core, struct footprint *);
void doorbell_arrive(struct lapic *, unsigned core);

/* fabric.c: a message is at the APIC that it is for. */
void lapic_deliver(struct lapic *, unsigned core, unsigned delivery, unsigned vector, bool level);

static inline enum apic_mode lapic_mode(const struct lapic *l, unsigned core)
{
    return apic_mode_of(lapic_regs(l, core)->base);
}

/* The core has done, or others have asked for, what makes each of its boundaries matter. */
static inline void lapic_observe(struct lapic *l, unsigned core)
{
    if (!l->cpu || !l->cpu->in_setup)
        machine_observe(l->m, core);
}

#endif
