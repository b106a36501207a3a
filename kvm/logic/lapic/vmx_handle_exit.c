/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a VM exit means where software emulates the APIC; see kvm_lapic.h.
 */
#include "kvm_lapic.h"

int vmx_handle_exit(struct kvm_vcpu *vcpu)
{
    return __vmx_handle_exit(vcpu, vmcs_read32(VM_EXIT_REASON));
}
