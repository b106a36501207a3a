/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As in Linux 4.8: the notification goes out before anybody notes that it did.
 *
 * Whoever has not set its mode yet gets none, and whoever leaves guest mode before it arrives takes it in the
 * host, where its handler does nothing. Neither sees a request on the way, and both are in guest mode when it is
 * raised.
 */
#include "nested.h"

int vmx_deliver_nested_posted_interrupt(struct kvm_vcpu *vcpu, int vector)
{
    struct nested_vmx *nested = to_nested(vcpu);

    if (!is_guest_mode(vcpu) || vector != nested->posted_intr_nv)
        return -1;
    if (READ_ONCE(vcpu->mode) == IN_GUEST_MODE)
        x2apic_send_IPI(READ_ONCE(vcpu->cpu), POSTED_INTR_NESTED_VECTOR);
    WRITE_ONCE(nested->pi_pending, true);
    kvm_make_request(KVM_REQ_EVENT, vcpu);
    return 0;
}
