/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest entry and exit in the order of Linux 6.1 and 6.12; see block.h.
 */
#include "block.h"

/*
 * As in kvm/logic/vcpu_enter_guest.c: interrupts off, mode, barrier, ON, and then the last look,
 * which here also asks whether another thread shall run. Between the first and the last line the
 * thread stays on this CPU.
 */
int vcpu_enter_guest(struct kvm_vcpu *vcpu)
{
    kvm_service_requests(vcpu);

    preempt_disable();
    local_irq_disable();
    smp_store_release(&vcpu->mode, IN_GUEST_MODE);
    smp_mb();
    vmx_sync_pir_to_irr(vcpu);
    if (kvm_vcpu_exit_request(vcpu) || need_resched())
        return kvm_cancel_entry(vcpu);

    kvm_apicv_assert(vcpu);
    vmx_vcpu_run(vcpu);

    WRITE_ONCE(vcpu->mode, OUTSIDE_GUEST_MODE);
    smp_wmb();
    vmx_handle_external_intr(vcpu);
    local_irq_enable();
    preempt_enable();
    preempt_check_resched();
    return vmx_handle_exit(vcpu);
}
