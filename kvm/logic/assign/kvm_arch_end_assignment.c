/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device goes; see assign.h.
 */
#include "assign.h"

u32 assigned_device_count;

/* Nobody is told: a vCPU that sleeps with the wake-up vector armed may go on doing so. */
void kvm_arch_end_assignment(void)
{
    atomic_dec(&assigned_device_count);
}
