/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * L1's notification vector, sent to a vCPU that runs L2; see nested.h.
 */
#include "nested.h"

/*
 * Note and request first, then mode: whoever leaves guest mode before the notification comes sees the
 * request on its way back. The locked instruction of the request is the barrier between them.
 */
int vmx_deliver_nested_posted_interrupt(struct kvm_vcpu *vcpu, int vector)
{
    struct nested_vmx *nested = to_nested(vcpu);

    if (!is_guest_mode(vcpu) || vector != nested->posted_intr_nv)
        return -1;
    WRITE_ONCE(nested->pi_pending, true);
    kvm_make_request(KVM_REQ_EVENT, vcpu);
    smp_mb__after_atomic();
    if (READ_ONCE(vcpu->mode) == IN_GUEST_MODE)
        x2apic_send_IPI(READ_ONCE(vcpu->cpu), POSTED_INTR_NESTED_VECTOR);
    else
        kvm_vcpu_kick(vcpu);
    return 0;
}
