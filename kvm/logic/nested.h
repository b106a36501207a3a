/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest hypervisor, L1, that runs a guest of its own, L2, with posted interrupts.
 *
 * The processor knows one level: L0 runs L2 on a VMCS that it makes of L1's wishes. vmcs01 is L1's own
 * VMCS, vmcs12 what L1 asks for, vmcs02 what the processor gets while L2 runs. In upstream's names and
 * order of steps as of Linux 6.12, from facts about it. [SDM vol. 3, 29.6]
 *
 * L1 posts to L2 like any hypervisor: PIR, ON, notification. Its descriptor and L2's virtual-APIC page
 * are memory of L1, and vmcs02 names them, so that the processor can do the work by itself if a
 * notification comes while L2 runs. Its notification vector is one of L1's, though, and no vector of the
 * processor: L0 sends POSTED_INTR_NESTED_VECTOR instead.
 *
 * Left out: VMXON, VMPTRLD, VMREAD and VMWRITE by L1 (vmcs12 is memory that both read, as an
 * enlightened VMCS is); state that L1 and L2 have in common; EPT; exits of L2 other than for
 * interrupts.
 */
#ifndef IRQWEAVE_KVM_LOGIC_NESTED_H
#define IRQWEAVE_KVM_LOGIC_NESTED_H

#include "lapic.h"
#include "vmx.h"

/* What L1 asks for, and what it gets back. */
struct vmcs12 {
    u64 guest_rip, guest_rsp, guest_rflags;
    u32 guest_activity_state, guest_interruptibility_info;
    u16 guest_intr_status;              /* RVI low byte, SVI high byte */
    u16 posted_intr_nv;
    u32 pin_based, cpu_based, secondary; /* controls; of nested_apicv alone */
    struct pi_desc *posted_intr_desc;
    u8 *virtual_apic_page;
    u64 host_rip, host_rsp;
    u32 vm_exit_reason, vm_exit_intr_info;
};

struct loaded_vmcs {
    u8 *vmcs;
    u8 launched;
};

struct nested_vmx {
    bool guest_mode;                    /* L2 runs; the vCPU's thread writes, posters read */
    bool pi_pending;                    /* L1 has sent its notification vector to L2 */
    bool update_vmcs01_apicv_status;    /* put off until L2 is left: forms of nested_apicv */
    bool update_vmcs01_hwapic_isr;
    u16 posted_intr_nv;
    struct vmcs12 *vmcs12;
    struct loaded_vmcs vmcs01, vmcs02;
};

extern struct nested_vmx nested_vmxs[NR_VCPUS];

static inline struct nested_vmx *to_nested(struct kvm_vcpu *vcpu)
{
    return &nested_vmxs[vcpu->vcpu_id];
}

static inline bool is_guest_mode(struct kvm_vcpu *vcpu)
{
    return READ_ONCE(to_nested(vcpu)->guest_mode);
}

/* L1's vIRR forgets a vector that is dealt with otherwise. */
static inline void kvm_apic_clear_irr(struct kvm_vcpu *vcpu, int vector)
{
    *apic_irr_reg(vcpu->apic_regs, vector / APIC_VECTORS_PER_REG) &= ~BIT(vector % APIC_VECTORS_PER_REG);
}

/*
 * From L2's PIR into its vIRR, by L0 and by L1, whose code has a section of its own. Returns the highest
 * vector found, -1 if there was none.
 */
static __always_inline int nested_drain_pir(struct pi_desc *pi_desc, u8 *apic_regs)
{
    u32 *pir = (u32 *)pi_desc->pir;
    int highest = -1;

    for (int i = 0; i < 2 * PIR_WORDS; i++) {
        u32 pir_val;

        if (!READ_ONCE(pir[i]))
            continue;
        pir_val = xchg32(&pir[i], 0);
        if (!pir_val)
            continue;
        *apic_irr_reg(apic_regs, i) |= pir_val;
        highest = i * APIC_VECTORS_PER_REG + fls_index(pir_val);
    }
    return highest;
}

/* Set-up: a second VMCS for a vCPU that has been created. */
void nested_vmx_create(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12, unsigned long cpu);

/* From vmcs01 to vmcs02 and back; in the vCPU's thread, outside guest mode. */
void vmx_switch_vmcs(struct kvm_vcpu *vcpu, struct loaded_vmcs *to);
int nested_vmx_run(struct kvm_vcpu *vcpu);
void nested_vmx_vmexit(struct kvm_vcpu *vcpu, u32 reason, u32 intr_info);

/* At both, for controls that are not always the same: logic/nested_apicv. */
void prepare_vmcs02_early(struct kvm_vcpu *vcpu);
void nested_vmx_vmexit_apicv(struct kvm_vcpu *vcpu);

/* What KVM_REQ_EVENT asks for while L2 runs. */
void vmx_check_nested_events(struct kvm_vcpu *vcpu);
void vmx_complete_nested_posted_interrupt(struct kvm_vcpu *vcpu);

/* An interrupt for L1's virtual APIC, from any core. The second returns -1 if L2 is not concerned. */
void vmx_deliver_interrupt(struct kvm_vcpu *vcpu, int vector);
int vmx_deliver_nested_posted_interrupt(struct kvm_vcpu *vcpu, int vector);

#endif
