/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU in x2APIC mode; see avic_inhibit.h.
 */
#include "avic_inhibit/avic_inhibit.h"
#include "xapic/guest_xapic.h"

extern const u8 guest_interrupt_stubs[];    /* their EOI is a WRMSR */

void avic_inhibit_create_vcpu(struct kvm_vcpu *vcpu, int vcpu_id, unsigned long cpu, union thread_union *thread)
{
    apicv_vcpus[vcpu_id].active = kvm_apicv.inhibit_reasons == 0;
    svm_create_vcpu(vcpu, vcpu_id, cpu, thread);
    guest_init_memory(&guest_memories[vcpu_id], guest_interrupt_stubs);
    *kvm_apic_reg(vcpu, APIC_ID) = vcpu_id;
    if (!kvm_vcpu_apicv_active(vcpu))
        avic_deactivate_vmcb(vcpu);
}
