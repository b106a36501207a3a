/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What KVM_REQ_EVENT asks for: events of an APIC in software, injected at VM entry; see kvm_lapic.h.
 */
#include "kvm_lapic.h"

#define RFLAGS_IF           0x200
#define VECTOR_NMI          2
#define INTR_TYPE_NMI       (2u << 8)

static bool is_event_queued(void)
{
    return vmcs_read32(VM_ENTRY_INTR_INFO_FIELD) & INTR_INFO_VALID;
}

static bool vmx_interrupt_allowed(void)
{
    return !is_event_queued() && (vmcs_readl(GUEST_RFLAGS) & RFLAGS_IF) &&
           !(vmcs_read32(GUEST_INTERRUPTIBILITY_INFO) & BLOCKED_BY_STI_MOV_SS);
}

static bool vmx_nmi_allowed(void)
{
    return !is_event_queued() && !(vmcs_read32(GUEST_INTERRUPTIBILITY_INFO) &
                                   (BLOCKED_BY_STI_MOV_SS | BLOCKED_BY_NMI));
}

static void set_window(u32 control, bool on)
{
    u32 controls = vmcs_read32(CPU_BASED_VM_EXEC_CONTROL);

    vmcs_write32(CPU_BASED_VM_EXEC_CONTROL, on ? controls | control : controls & ~control);
}

static void inject_nmi(struct kvm_lapic *apic)
{
    if (apic->nmi_pending && vmx_nmi_allowed()) {
        apic->nmi_pending--;
        vmcs_write32(VM_ENTRY_INTR_INFO_FIELD, VECTOR_NMI | INTR_TYPE_NMI | INTR_INFO_VALID);
    }
    set_window(CPU_BASED_NMI_WINDOW, apic->nmi_pending);
}

static void inject_interrupt(struct kvm_vcpu *vcpu)
{
    if (kvm_apic_has_interrupt(vcpu) >= 0 && vmx_interrupt_allowed())
        vmcs_write32(VM_ENTRY_INTR_INFO_FIELD, kvm_get_apic_interrupt(vcpu) | INTR_INFO_VALID);
    set_window(CPU_BASED_INTR_WINDOW_EXITING, kvm_apic_has_interrupt(vcpu) >= 0);
}

/*
 * An injection that an earlier pass has prepared stays where it is until an entry takes it. What waits
 * for the guest to open interrupts asks for a window; what waits for a lower TPR, for an exit by the
 * threshold; what waits for EOI has that exit.
 */
void inject_pending_event(struct kvm_vcpu *vcpu)
{
    struct kvm_lapic *apic = vcpu_to_lapic(vcpu);

    kvm_apic_accept_events(vcpu);
    inject_nmi(apic);
    if (kvm_apic_apicv_active(apic))
        return;         /* the processor picks them */
    inject_interrupt(vcpu);
    update_cr8_intercept(vcpu);
}
