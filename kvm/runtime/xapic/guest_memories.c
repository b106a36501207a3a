/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory of the guests; see guest_xapic.h.
 */
#include "guest_xapic.h"

#define NR_GUESTS 3

extern const u8 guest_xapic_stubs[];

struct guest_memory guest_memories[NR_GUESTS] __section(".guest.data");

void guest_init_vcpu(int vcpu_id)
{
    guest_init_memory(&guest_memories[vcpu_id], guest_xapic_stubs);
}
