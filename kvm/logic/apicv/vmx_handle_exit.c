/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exits of a guest whose APIC may be emulated; see vmx.h.
 */
#include "vmx.h"

int vmx_handle_exit(struct kvm_vcpu *vcpu)
{
    return __vmx_handle_exit(vcpu, vmcs_read32(VM_EXIT_REASON));
}
