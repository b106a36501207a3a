/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V3: V0, but the vCPUs are told before the device counts.
 */
#include "assign.h"

void kvm_arch_start_assignment(void)
{
    vmx_pi_start_assignment();
    WRITE_ONCE(assigned_device_count, 1);
}
