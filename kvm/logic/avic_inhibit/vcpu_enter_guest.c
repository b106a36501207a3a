/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest entry and exit in the order of Linux 6.12, with the look at APICv just before VMRUN; see svm.h and apicv.h.
 */
#include "avic_inhibit/avic_inhibit.h"
#include "irqflags.h"

/* The store of the mode publishes apicv_active, too: see svm_complete_interrupt_delivery(). */
int vcpu_enter_guest(struct kvm_vcpu *vcpu)
{
    kvm_service_requests(vcpu);

    preempt_disable();
    local_irq_disable();
    smp_store_release(&vcpu->mode, IN_GUEST_MODE);
    smp_mb();
    if (kvm_vcpu_exit_request(vcpu) || need_resched())
        return kvm_cancel_entry(vcpu);

    kvm_apicv_assert(vcpu);
    svm_vcpu_run(vcpu);

    WRITE_ONCE(vcpu->mode, OUTSIDE_GUEST_MODE);
    smp_wmb();
    local_irq_enable();
    preempt_enable();
    preempt_check_resched();
    return svm_handle_exit(vcpu);
}
