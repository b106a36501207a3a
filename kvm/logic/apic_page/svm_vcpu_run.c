/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One stay in guest mode, with what the processor's walk of nested page tables finds; see svm.h and apic_page.h.
 */
#include "apic_page/apic_page.h"
#include "irqflags.h"

/* The walk: one read of the entry. True: the access has been done, and the guest runs on. */
static bool walk(struct kvm_vcpu *vcpu)
{
    struct vmcb *vmcb = to_svm(vcpu)->vmcb;

    if (vmcb->exit_code != SVM_EXIT_VMMCALL)
        return false;
    if (!READ_ONCE(apic_page.spte)) {
        vmcb->exit_code = SVM_EXIT_NPF;
        return false;
    }
    if (vmcb->int_ctl & AVIC_ENABLE_MASK) {
        note_value("the access to the APIC is accelerated (%u)", apic_handled);
        WRITE_ONCE(apic_handled, apic_handled + 1);
    } else {
        note_value("the access to the APIC is lost: the page is mapped, and AVIC is off (%u)", apic_handled);
    }
    apic_access_done(vcpu);
    return true;
}

/* As in logic/svm, again and again as long as the guest would not have left. */
void svm_vcpu_run(struct kvm_vcpu *vcpu)
{
    struct vcpu_svm *svm = to_svm(vcpu);

    do {
        clgi();
        local_irq_enable();
        __svm_vcpu_run(vcpu->gprs, svm->vmcb_pa, __pa(svm_save_areas[this_cpu_read(cpu_number)]));
        local_irq_disable();
        stgi();
    } while (walk(vcpu));
}
