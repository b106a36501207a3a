/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts of an APIC in software, injected at VM entry; see apicv.h.
 */
#include "apicv.h"
#include "lapic.h"

#define APIC_ISR                0x100
#define RFLAGS_IF               0x200
#define BLOCKED_BY_STI_MOV_SS   0x3

static void move_to_service(struct kvm_vcpu *vcpu, int vector)
{
    u32 bit = BIT(vector % APIC_VECTORS_PER_REG);
    u32 *isr = (u32 *)(vcpu->apic_regs + APIC_ISR + vector / APIC_VECTORS_PER_REG * 0x10);

    atomic_and(apic_irr_reg(vcpu->apic_regs, vector / APIC_VECTORS_PER_REG), ~bit);
    *isr |= bit;
}

static void request_interrupt_window(bool on)
{
    u32 controls = vmcs_read32(CPU_BASED_VM_EXEC_CONTROL);

    vmcs_write32(CPU_BASED_VM_EXEC_CONTROL, on ? controls | CPU_BASED_INTR_WINDOW_EXITING
                                               : controls & ~CPU_BASED_INTR_WINDOW_EXITING);
}

/*
 * An injection that an earlier pass has prepared stays where it is until an entry takes it. While the
 * guest blocks interrupts it leaves as soon as it does not any more.
 */
void inject_pending_event(struct kvm_vcpu *vcpu)
{
    int vector = kvm_lapic_find_highest_irr(vcpu), in_service = apic_find_highest_isr(vcpu);
    bool open = (vmcs_readl(GUEST_RFLAGS) & RFLAGS_IF) &&
                !(vmcs_read32(GUEST_INTERRUPTIBILITY_INFO) & BLOCKED_BY_STI_MOV_SS);

    request_interrupt_window(false);
    if (kvm_vcpu_apicv_active(vcpu) || (vector & 0xf0) <= (in_service < 0 ? 0 : in_service & 0xf0) ||
        vector < 0)
        return;
    if (!open || (vmcs_read32(VM_ENTRY_INTR_INFO_FIELD) & INTR_INFO_VALID)) {
        request_interrupt_window(true);
        return;
    }
    move_to_service(vcpu, vector);
    vmcs_write32(VM_ENTRY_INTR_INFO_FIELD, vector | INTR_INFO_VALID);
}
