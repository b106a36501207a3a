/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An instruction that software has emulated faults; see kvm_lapic.h.
 */
#include "kvm_lapic.h"

#define VECTOR_GP               13
#define INTR_TYPE_HARD_EXCEPTION (3u << 8)
#define INTR_INFO_DELIVER_CODE  0x800

void kvm_inject_gp(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    vmcs_write32(VM_ENTRY_EXCEPTION_ERROR_CODE, 0);
    vmcs_write32(VM_ENTRY_INTR_INFO_FIELD,
                 VECTOR_GP | INTR_TYPE_HARD_EXCEPTION | INTR_INFO_DELIVER_CODE | INTR_INFO_VALID);
}
