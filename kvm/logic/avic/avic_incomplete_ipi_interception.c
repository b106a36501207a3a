/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exit 401h: the processor has not completed an IPI; see avic.h. [APM vol. 2, 15.29.9.1]
 */
#include "avic/avic.h"

/* Some processors leave the delivery status set. */
static void send(struct kvm_vcpu *vcpu, u32 icrl, u32 icrh)
{
    *kvm_apic_reg(vcpu, APIC_ICR) &= ~APIC_ICR_BUSY;
    kvm_apic_send_ipi(vcpu, icrl, icrh);
}

/* The exit is trap-like: there is nothing to skip. */
int avic_incomplete_ipi_interception(struct kvm_vcpu *vcpu)
{
    struct vmcb *vmcb = to_svm(vcpu)->vmcb;
    u32 icrl = vmcb->exit_info_1, icrh = vmcb->exit_info_1 >> 32;
    u32 id = vmcb->exit_info_2 >> 32, index = vmcb->exit_info_2 & 0xfff;

    note_value("AVIC leaves an IPI to software, id %#x", id);
    switch (id) {
    case AVIC_IPI_FAILURE_INVALID_INT_TYPE:
    case AVIC_IPI_FAILURE_INVALID_TARGET:
        send(vcpu, icrl, icrh);
        break;
    case AVIC_IPI_FAILURE_TARGET_NOT_RUNNING:
        avic_kick_target_vcpus(vcpu, icrl, icrh, index);
        break;
    case AVIC_IPI_FAILURE_INVALID_IPI_VECTOR:
        break;
    default:
        WARN("an IPI to a vCPU without a backing page");
    }
    return 1;
}
