/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest entry and exit in the order of Linux 6.12; see svm.h.
 */
#include "irqflags.h"
#include "svm/svm.h"

/*
 * As in kvm/logic/block/vcpu_enter_guest.c, but there is nothing to sync: VMRUN looks at IRR itself. Who sets a bit
 * there and still reads OUTSIDE_GUEST_MODE has set it before VMRUN looks. The host's interrupt that ended the stay
 * is taken as soon as interrupts are on.
 */
int vcpu_enter_guest(struct kvm_vcpu *vcpu)
{
    kvm_service_requests(vcpu);

    preempt_disable();
    local_irq_disable();
    smp_store_release(&vcpu->mode, IN_GUEST_MODE);
    smp_mb();
    if (kvm_vcpu_exit_request(vcpu) || need_resched())
        return kvm_cancel_entry(vcpu);

    svm_vcpu_run(vcpu);

    WRITE_ONCE(vcpu->mode, OUTSIDE_GUEST_MODE);
    smp_wmb();
    local_irq_enable();
    preempt_enable();
    preempt_check_resched();
    return svm_handle_exit(vcpu);
}
