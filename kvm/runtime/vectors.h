/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Host interrupt vectors, with the numbers that Linux uses on x86-64.
 */
#ifndef IRQWEAVE_KVM_RUNTIME_VECTORS_H
#define IRQWEAVE_KVM_RUNTIME_VECTORS_H

#define POSTED_INTR_NESTED_VECTOR   0xf0
#define POSTED_INTR_WAKEUP_VECTOR   0xf1
#define POSTED_INTR_VECTOR          0xf2
#define RESCHEDULE_VECTOR           0xfd
#define SPURIOUS_APIC_VECTOR        0xff

#endif
