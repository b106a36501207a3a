/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The controls of the current VMCS for what the processor shall virtualize of the APIC; see
 * kvm_lapic.h. [SDM 24.6.1, 24.6.2, 26.2.1.1]
 */
#include "kvm_lapic.h"

#define SECONDARY_APIC (SECONDARY_APIC_ACCESSES | SECONDARY_VIRTUALIZE_X2APIC | \
                        SECONDARY_APIC_REGISTER_VIRT | SECONDARY_VIRTUAL_INTR_DELIVERY)
#define CPU_BASED_APIC (CPU_BASED_TPR_SHADOW | CPU_BASED_CR8_LOAD_EXITING | \
                        CPU_BASED_CR8_STORE_EXITING)

static void update(unsigned long field, u32 mask, u32 bits)
{
    vmcs_write32(field, (vmcs_read32(field) & ~mask) | bits);
}

/* The page that exits is virtualized in xAPIC mode also where all of its registers exit. */
static u32 secondary_controls(struct kvm_lapic *apic)
{
    u32 controls = 0;

    if (!apic_x2apic_mode(apic))
        controls |= SECONDARY_APIC_ACCESSES;
    else if (apic->virtualization >= APIC_VIRT_TPR)
        controls |= SECONDARY_VIRTUALIZE_X2APIC;
    if (apic->virtualization >= APIC_VIRT_REGISTERS)
        controls |= SECONDARY_APIC_REGISTER_VIRT;
    if (apic->virtualization == APIC_VIRT_DELIVERY)
        controls |= SECONDARY_VIRTUAL_INTR_DELIVERY;
    return controls;
}

static void write_apic_fields(struct kvm_vcpu *vcpu)
{
    vmcs_write64(APIC_ACCESS_ADDR, APIC_DEFAULT_PHYS_BASE);
    vmcs_write64(VIRTUAL_APIC_PAGE_ADDR, __pa(vcpu->apic_regs));
    vmcs_write32(TPR_THRESHOLD, 0);
    if (!kvm_apic_apicv_active(vcpu_to_lapic(vcpu)))
        return;
    vmcs_write16(POSTED_INTR_NV, POSTED_INTR_VECTOR);
    vmcs_write64(POSTED_INTR_DESC_ADDR, __pa(&vcpu->pi_desc));
    vmcs_write16(GUEST_INTR_STATUS, 0);
    for (int i = 0; i < 4; i++)
        vmcs_write64(EOI_EXIT_BITMAP0 + 2 * i, 0);
}

void vmx_set_virtual_apic_mode(struct kvm_vcpu *vcpu)
{
    struct kvm_lapic *apic = vcpu_to_lapic(vcpu);
    bool shadow = apic->virtualization >= APIC_VIRT_TPR;

    update(PIN_BASED_VM_EXEC_CONTROL, PIN_BASED_POSTED_INTR | PIN_BASED_VIRTUAL_NMIS,
           PIN_BASED_VIRTUAL_NMIS | (kvm_apic_apicv_active(apic) ? PIN_BASED_POSTED_INTR : 0));
    update(CPU_BASED_VM_EXEC_CONTROL, CPU_BASED_APIC,
           CPU_BASED_ACTIVATE_SECONDARY | CPU_BASED_USE_MSR_BITMAPS |
           (shadow ? CPU_BASED_TPR_SHADOW : CPU_BASED_CR8_LOAD_EXITING | CPU_BASED_CR8_STORE_EXITING));
    update(SECONDARY_VM_EXEC_CONTROL, SECONDARY_APIC, secondary_controls(apic));
    write_apic_fields(vcpu);
    vmx_update_msr_bitmap_x2apic(vcpu);
}
