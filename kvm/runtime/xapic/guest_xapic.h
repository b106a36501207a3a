/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guests whose APIC is memory-mapped, one for each vCPU with memory of its own.
 *
 * Registers say what a guest does: R8 a vector, R9 another, 0: none; R10 the upper half of the ICR, R11 the lower without
 * the vector; R12 how often it passes an interrupt on, as an IPI with the first vector.
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

/*
 * Never called, VMRUN goes there. The first sends the first vector, and the second when the first has been handled, and
 * halts for ever with interrupts off. The next sends the second, if there is one, and then halts for interrupts. The last
 * stays awake up to the first interrupt of the first vector, and then halts for others.
 */
void guest_xapic_send_main(void);
void guest_xapic_pass_main(void);
void guest_xapic_wait_main(void);

#endif
