/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The controls of the VMCS that is current follow apicv_active; see apicv.h.
 */
#include "apicv.h"
#include "lapic.h"
#include "vmx.h"

#define APICV_SECONDARY \
    (SECONDARY_VIRTUALIZE_X2APIC | SECONDARY_APIC_REGISTER_VIRT | SECONDARY_VIRTUAL_INTR_DELIVERY)

static void update(unsigned long field, u32 bits, bool set)
{
    u32 value = vmcs_read32(field);

    vmcs_write32(field, set ? value | bits : value & ~bits);
}

/* Posted interrupts need virtual-interrupt delivery [SDM 26.2.1.1]. The bitmap does not change: with
 * x2APIC virtualization off TPR and EOI would reach the physical APIC, so all MSRs exit then. */
void vmx_write_apicv_controls(struct kvm_vcpu *vcpu)
{
    bool active = kvm_vcpu_apicv_active(vcpu);
    int isr = apic_find_highest_isr(vcpu);

    note_value("APICv active: %u", active);
    update(PIN_BASED_VM_EXEC_CONTROL, PIN_BASED_POSTED_INTR, active);
    update(SECONDARY_VM_EXEC_CONTROL, APICV_SECONDARY, active);
    update(CPU_BASED_VM_EXEC_CONTROL, CPU_BASED_USE_MSR_BITMAPS, active);
    if (active)         /* SVI is what software has in service; RVI follows at each entry */
        vmcs_write16(GUEST_INTR_STATUS, (isr < 0 ? 0 : isr) << 8);
}
