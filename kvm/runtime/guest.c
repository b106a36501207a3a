/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory and tables of the guest, filled by the host before the first VM entry; see guest.h.
 *
 * Gates of the 32 exceptions stay absent: the host intercepts them all, a guest exception is a bug.
 */
#include "guest.h"

#define GUEST_STUB_SIZE         16
#define GUEST_VECTOR_FIRST      32

extern const u8 guest_interrupt_stubs[];

struct guest_memory guest_memory __section(".guest.data");
u32 guest_handled[256] __section(".guest.data");
u32 guest_answered[256] __section(".guest.data");
u32 guest_posted[256];

void guest_init_memory(struct guest_memory *guest, const u8 *stubs)
{
    tss_init(&guest->tss);
    guest->tss.ist[IST_INTERRUPT - 1] = (u64)(guest->interrupt_stack + GUEST_STACK_SIZE);
    for (int vector = GUEST_VECTOR_FIRST; vector < 256; vector++) {
        u64 stub = (u64)&stubs[(vector - GUEST_VECTOR_FIRST) * GUEST_STUB_SIZE];

        gate_init(&guest->idt[vector], stub, IST_INTERRUPT);
    }
}

void guest_init(void)
{
    guest_init_memory(&guest_memory, guest_interrupt_stubs);
}
