/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by svm/avic*.c and svm/erratum_1235.c, for nobody else. */
#ifndef SVM_AVIC_INTERNAL_H
#define SVM_AVIC_INTERNAL_H

#include "lapic/vapic.h"
#include "svm/avic.h"
#include "svm/avic_regs.h"
#include "svm/avic_tables.h"
#include "svm/errata.h"
#include "svm/internal.h"

static inline struct avic_core *avic_core(const struct svm *s, const struct core *c)
{
    return &s->avic[c->id];
}

/* The backing page of the guest that runs. */
static inline uint64_t avic_page(const struct svm *s, const struct core *c)
{
    return vmcb_get(svm_current(s, c), VMCB_BACKING_PAGE) & PIT_PAGE;
}

/* avic.c: does it count for this guest? */
bool avic_translates(const struct avic_translation *, const struct vmcb_copy *);

/* avic.c: the core looks at IRR, and remembers what it could deliver (15.29.8). */
void avic_evaluate(struct svm *, struct core *);

/* What the write to a register does beyond the write. True: that has led to an exit, with RIP as given. */
void avic_task_priority(struct svm *, struct core *, uint8_t tpr);
bool avic_end_of_interrupt(struct svm *, struct core *, uint64_t next_rip);
void avic_self_ipi(struct svm *, struct core *, unsigned vector);
/* Is the highest vector in service level triggered? */
bool avic_level_in_service(struct svm *, struct core *);

/* avic_icr.c. `icr`: ICRH and ICRL. */
bool avic_icr_write(struct svm *, struct core *, uint64_t icr, uint64_t next_rip);
/* Exit 401h. */
void avic_incomplete_ipi(struct svm *, struct core *, uint64_t icr, enum avic_ipi_failure,
                         unsigned index, uint64_t next_rip);

/* Exit 402h behind the instruction. `vector`: of an EOI, 0 otherwise. */
void avic_trap(struct svm *, struct core *, unsigned offset, unsigned vector, uint64_t next_rip);
/* Trap-like; nRIP is a knob's. */
void avic_exit(struct svm *, struct core *, uint64_t next_rip, uint64_t code, uint64_t info1,
               uint64_t info2);

#endif
