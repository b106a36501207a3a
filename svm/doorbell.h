/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The doorbell register, C001_011Bh: the WRMSR with which software rings (APM vol. 2, 15.29.8.2). The message is
 * in lapic/doorbell.h, since IOMMUs send it, too; what it does to a core is in avic.c:
 *
 *     guest mode, AVIC on     the core looks at the page of the guest that it runs, whosever the doorbell was
 *     behind the commit of VMRUN, before the first instruction: the same, once more
 *     guest mode, AVIC off    nothing
 *     host mode               nothing; the next VMRUN looks at the page anyway
 *     halted by its guest     as in guest mode: knob doorbell-wakes-halted
 */
#ifndef SVM_DOORBELL_H
#define SVM_DOORBELL_H

#include "lapic/lapic.h"

enum { MSR_AVIC_DOORBELL = 0xc001011b };

/* Owner: struct lapic. */
extern const struct msr_ops doorbell_msr_ops;

#endif
