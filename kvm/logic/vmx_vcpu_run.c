/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One VM entry and the VM exit that ends it; see vmx.h. The instructions are in vmenter.S.
 */
#include "vmx.h"

/* A failed entry is a bug of the host: it built a VMCS that the processor refuses. [SDM 26.7] */
void vmx_vcpu_run(struct kvm_vcpu *vcpu)
{
    if (__vmx_vcpu_run(vcpu->gprs, vcpu->launched)) {
        note_value("VM entry refused, VM-instruction error %#x", vmcs_read32(VM_INSTRUCTION_ERROR));
        WARN("VM entry failed");
        BUG();
    }
    vcpu->launched = true;
}
