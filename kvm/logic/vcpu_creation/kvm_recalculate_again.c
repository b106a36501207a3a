/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU has gone online since memory for the map has been allocated: start again; see apic_map.h.
 */
#include "vcpu_creation/apic_map.h"

bool kvm_recalculate_again(void)
{
    return true;
}
