/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random operations on an APIC in x2APIC mode, physical or virtual: the same sequence everywhere, for
 * the transcript is compared with that of another processor.
 */
#ifndef IRQWEAVE_SILICON_CHECK_RANDOM_H
#define IRQWEAVE_SILICON_CHECK_RANDOM_H

#include "program.h"

/*
 * One operation: a self-IPI, a write of TPR, an EOI, or a window for interrupts. Vectors begin with 20h:
 * the entry code takes those below for exceptions. TPR is raised when nothing is deliverable: whether an
 * interrupt that it masks at the last moment comes all the same, spurious, is up to the processor (10.9).
 */
void random_operation(void);

/* What the last one was: "raise 31" */
void print_operation(void);

#endif
