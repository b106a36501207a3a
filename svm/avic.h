/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AVIC and x2AVIC: the virtual local APIC of a guest, whose registers lie in its backing page (APM vol. 2, 15.29).
 *
 * What the rest of svm/ calls. Functions that take a core run on its coroutine, in guest mode, under a VMCB with
 * AVIC on, unless they say otherwise. Each access to a page or table is a micro-step of its own.
 */
#ifndef SVM_AVIC_H
#define SVM_AVIC_H

#include "cpu/core.h"
#include "lapic/lapic.h"
#include "svm/erratum_1235.h"
#include "svm/fields.h"

struct svm;

enum { AVIC_IPI_CYCLES = 150, AVIC_DELIVERY_CYCLES = 40 }; /* beside the delivery through the IDT */

/* A translation of the guest's APIC page that outlives the guest (15.29.4.3). */
struct avic_translation {
    uint8_t valid;
    uint32_t asid;
    uint64_t machine; /* whose: the address of its physical APIC ID table */
    uint64_t bar;     /* guest physical */
    uint64_t page;    /* where it leads */
};

/* What a core knows of its guest's APIC beside the page. Plain data, in the arena. */
struct avic_core {
    uint8_t doorbell;   /* has rung since the core looked at IRR */
    uint8_t look;       /* it has to look for another reason */
    uint8_t looking;    /* it is at it: awake, if it is halted */
    uint8_t pending;    /* the vector that it found deliverable when it looked last; 0: none */
    uint8_t in_service; /* the highest in ISR */
    uint8_t ppr;
    uint16_t written;   /* register that the instruction has written, whose effect is due; 0: none */
    struct avic_translation translation;
    struct pit_copies copies; /* of erratum #1235 */
};

static inline bool avic_on(const struct vmcb_copy *g)
{
    return g->value[VMCB_INT_CTL] & V_AVIC_ENABLE;
}
static inline bool avic_x2(const struct vmcb_copy *g)
{
    return g->value[VMCB_INT_CTL] & V_X2AVIC_ENABLE;
}

/* Attaches it to svm->avic. */
void avic_new(struct svm *);

/* The rule about AVIC's fields that does not hold, or NULL (15.29.4). */
const char *avic_check(const struct svm *, const struct vmcb_copy *);

/* In the step that commits VMRUN, with AVIC on or off: from here on a doorbell counts. */
void avic_begin(struct svm *, struct core *);

/* Behind event injection, before the first boundary: the core looks at the page. */
void avic_enter(struct svm *, struct core *);

/* In the step that ends guest mode, with AVIC on or off. */
void avic_end(struct svm *, struct core *);

/* ---- Events at a boundary, below all physical ones ---- */

enum avic_event { AVIC_NOTHING, AVIC_LOOK, AVIC_INTERRUPT };

/* May one be recognised here, and which one is ready? With AVIC off: none. */
bool avic_open(const struct svm *, const struct core *);
enum avic_event avic_event(const struct svm *, const struct core *);

/* What a step at a boundary reads; what the first step of the event touches; taking it. An interrupt that is no
 * longer there is EVENT_RESUMED. */
void avic_boundary(const struct svm *, const struct core *, struct footprint *);
static inline bool avic_loses_doorbells(const struct core *c) /* while its guest is halted */
{
    return c->m->knobs.value[KNOB_DOORBELL_WAKES_HALTED] == 1;
}
void avic_next(const struct core *, struct footprint *);
enum event_result avic_take(struct svm *, struct core *, enum avic_event);

/* A HLT under the idle intercept: has the page an interrupt that would end it? The core looks. */
bool avic_idle_pending(struct svm *, struct core *);

/* IF has become 1. */
void avic_flag_set(struct svm *, struct core *);

/* ---- Registers ---- */

/* As in struct virt_ops. */
bool avic_page_access(struct svm *, struct core *, enum page_access, unsigned offset, unsigned size,
                      uint64_t *value);
void avic_after_instruction(struct svm *, struct core *);

/* RDMSR or WRMSR that the permission map lets through; true if it was one of x2AVIC's. */
bool avic_msr(struct svm *, struct core *, const struct insn *, bool write);

/* MOV CR8 (15.29.3.1, 15.29.4.1): the write has been announced. */
unsigned avic_read_cr8(const struct svm *, const struct core *);
void avic_write_cr8(struct svm *, struct core *, unsigned class);

#endif
