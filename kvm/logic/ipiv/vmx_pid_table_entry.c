/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the table of a VM holds for a vCPU; see ipiv.h.
 */
#include "image.h"
#include "ipiv/ipiv.h"

u64 vmx_pid_table_entry(struct kvm_vcpu *vcpu)
{
    return __pa(&vcpu->pi_desc) | PID_TABLE_ENTRY_VALID;
}
