/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AVIC of a new vCPU; see avic.h.
 */
#include "avic/avic.h"

struct vcpu_avic vcpu_avics[NR_VCPUS];
u64 avic_physical_id_table[AVIC_PHYSICAL_ID_ENTRIES] __aligned(PAGE_SIZE);
u32 avic_logical_id_table[AVIC_LOGICAL_ID_ENTRIES] __aligned(PAGE_SIZE);

/* As after the guest's set-up of its APIC: flat logical ids, one bit a vCPU. */
static void init_backing_page(struct kvm_vcpu *vcpu)
{
    *kvm_apic_reg(vcpu, APIC_ID) = (u32)vcpu->vcpu_id << 24;
    *kvm_apic_reg(vcpu, APIC_LDR) = 1u << (24 + vcpu->vcpu_id);
    *kvm_apic_reg(vcpu, APIC_DFR) = ~0u;
}

/* The last index is that of the last vCPU; upstream's is the last one there can be. */
void avic_init_vcpu(struct kvm_vcpu *vcpu)
{
    struct vmcb *vmcb = to_svm(vcpu)->vmcb;
    u64 entry = AVIC_PHYSICAL_ID_ENTRY_VALID_MASK | __pa(vcpu->apic_regs);

    init_backing_page(vcpu);
    to_avic(vcpu)->physical_id_entry = entry;
    avic_physical_id_table[vcpu->vcpu_id] = avic_initial_entry(vcpu);
    avic_logical_id_table[vcpu->vcpu_id] = AVIC_LOGICAL_ID_ENTRY_VALID_MASK | vcpu->vcpu_id;
    vmcb->avic_vapic_bar = APIC_DEFAULT_PHYS_BASE;
    vmcb->avic_backing_page = __pa(vcpu->apic_regs);
    vmcb->avic_logical_id = __pa(avic_logical_id_table);
    vmcb->avic_physical_id = __pa(avic_physical_id_table) | (NR_VCPUS - 1);
    avic_activate_vmcb(vcpu);
}
