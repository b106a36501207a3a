/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guests whose APIC is memory-mapped, one for each vCPU with memory of its own.
 *
 * Registers say what a guest does: R8 the first vector that it sends, 0: none; R9 the second; R10 the upper half of
 * the ICR, R11 the lower without the vector; R12 how often it sends the first vector again when an interrupt has come.
 */
#ifndef IRQWEAVE_KVM_RUNTIME_GUEST_XAPIC_H
#define IRQWEAVE_KVM_RUNTIME_GUEST_XAPIC_H

#include "guest.h"

#define GUEST_XAPIC_FIRST   8       /* numbers of the registers */
#define GUEST_XAPIC_SECOND  9
#define GUEST_XAPIC_ICRH    10
#define GUEST_XAPIC_ICRL    11
#define GUEST_XAPIC_PASSES  12

extern struct guest_memory guest_memories[];    /* one a vCPU */

void guest_init_vcpu(int vcpu_id);

/* Never called, VMRUN goes there. The first sends and halts for ever with interrupts off; the other sends, if at all, and then
 * waits for interrupts like guest_main(), passing them on. */
void guest_xapic_send_main(void);
void guest_xapic_pass_main(void);

#endif
