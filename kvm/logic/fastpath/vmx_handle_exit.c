/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exits behind the fast path; see fastpath.h and vmx.h.
 */
#include "fastpath.h"

int vmx_handle_exit(struct kvm_vcpu *vcpu)
{
    u32 reason = vmcs_read32(VM_EXIT_REASON);

    (void)vcpu;
    if (reason == EXIT_REASON_EXTERNAL_INTERRUPT || reason == EXIT_REASON_MSR_WRITE)
        return 1;       /* the fast path has done all that there is to a write to the ICR */
    note_value("unexpected VM exit, reason %#x", reason);
    BUG();
}
