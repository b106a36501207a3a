/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One VMRUN and the #VMEXIT that ends it; see svm.h. The instructions are in svm_vmenter.S.
 */
#include "irqflags.h"
#include "svm/svm.h"

/*
 * Interrupts are on and GIF is 0: what is pending ends the stay in guest mode, and stays pending up to the place where the
 * host enables interrupts itself. STI stands here, not before VMRUN, lest its shadow leaks into the guest.
 */
void svm_vcpu_run(struct kvm_vcpu *vcpu)
{
    struct vcpu_svm *svm = to_svm(vcpu);

    clgi();
    local_irq_enable();
    __svm_vcpu_run(vcpu->gprs, svm->vmcb_pa, __pa(svm_save_areas[this_cpu_read(cpu_number)]));
    local_irq_disable();
    stgi();
}
