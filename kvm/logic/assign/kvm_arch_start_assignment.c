/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device comes; see assign.h.
 */
#include "assign.h"

/* The count first: a vCPU that is told then finds it. */
void kvm_arch_start_assignment(void)
{
    u32 old = 1;

    asm volatile("lock; xaddl %0, %1" : "+r"(old), "+m"(assigned_device_count) : : "memory");
    if (old == 0)
        vmx_pi_start_assignment();
}
