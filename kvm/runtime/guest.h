/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program that runs inside the virtual machine, and the tables it needs.
 *
 * It enables interrupts, halts for ever, and counts each interrupt it handles. It has a TSS, an IDT
 * and stacks of its own and shares page tables and GDT with the host. Its code and data have
 * sections and pages of their own, because they get their own linear window once there is EPT.
 */
#ifndef IRQWEAVE_KVM_RUNTIME_GUEST_H
#define IRQWEAVE_KVM_RUNTIME_GUEST_H

#include "desc.h"

#define GUEST_STACK_SIZE 4096

struct guest_memory {
    u8 stack[GUEST_STACK_SIZE];
    u8 interrupt_stack[GUEST_STACK_SIZE];
    struct gate_struct idt[256];
    struct tss_struct tss;
} __aligned(PAGE_SIZE);

extern struct guest_memory guest_memory;
extern u32 guest_handled[256];      /* how often the guest handled each vector */

/*
 * How often each vector was posted: whoever posts counts before the post. And the count that the
 * guest found when it last handled the vector: less than the first if it was posted once more.
 */
extern u32 guest_posted[256];
extern u32 guest_answered[256];

/* Plain memory: of each vector only one core may count. */
static inline void guest_count_post(int vector)
{
    WRITE_ONCE(guest_posted[vector], guest_posted[vector] + 1);
}

void guest_main(void);              /* never called: a VM entry goes there */
void guest_init(void);

/* The same for one of several guests. `stubs`: of vectors from 32 on, 16 bytes each. */
void guest_init_memory(struct guest_memory *guest, const u8 *stubs);

#endif
