/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that sends IPIs and then halts for ever, with interrupts off.
 *
 * R8 holds the first vector, R9 the second (0: none), R10 the APIC id of the target. It counts
 * each in guest_posted[] before it writes the ICR.
 */
#ifndef IRQWEAVE_KVM_RUNTIME_GUEST_IPI_H
#define IRQWEAVE_KVM_RUNTIME_GUEST_IPI_H

void guest_ipi_main(void);          /* never called: a VM entry goes there */

#define GUEST_IPI_FIRST     8       /* numbers of the registers */
#define GUEST_IPI_SECOND    9
#define GUEST_IPI_TARGET    10

#endif
