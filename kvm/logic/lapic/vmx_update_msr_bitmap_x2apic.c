/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which MSRs of the APIC the guest reads and writes without an exit; see kvm_lapic.h. [SDM 29.5]
 */
#include "image.h"
#include "kvm_lapic.h"

#define READ_LOW    0       /* byte offsets of two of the four bitmaps [SDM 24.6.9] */
#define WRITE_LOW   2048

static u8 *bitmap(void)
{
    return (u8 *)((u64)vmcs_readl(MSR_BITMAP) + IMAGE_OFFSET);
}

static void intercept(u32 from, u32 msr, bool on)
{
    u8 *byte = bitmap() + from + msr / 8, bit = 1u << msr % 8;

    *byte = on ? *byte | bit : *byte & ~bit;
}

static u32 msr_of(u32 offset)
{
    return APIC_BASE_MSR + (offset >> 4);
}

/*
 * Of what the page holds, PPR and the current count are not up to date, nor is there a register behind
 * each offset. The processor keeps PPR where it delivers.
 */
static bool is_read_from_the_page(struct kvm_lapic *apic, u32 offset)
{
    const struct lapic_register *reg = kvm_lapic_find_reg(apic, offset);

    if (!reg || !(reg->access & REG_READ) || offset == APIC_TMCCT)
        return false;
    return offset != APIC_PROCPRI || kvm_apic_apicv_active(apic);
}

void vmx_update_msr_bitmap_x2apic(struct kvm_vcpu *vcpu)
{
    struct kvm_lapic *apic = vcpu_to_lapic(vcpu);
    bool shadow = apic_x2apic_mode(apic) && apic->virtualization >= APIC_VIRT_TPR;
    bool registers = apic_x2apic_mode(apic) && apic->virtualization >= APIC_VIRT_REGISTERS;
    bool delivery = apic_x2apic_mode(apic) && kvm_apic_apicv_active(apic);

    for (u32 offset = 0; offset < 0x1000; offset += 0x10) {
        intercept(READ_LOW, msr_of(offset), !(registers && is_read_from_the_page(apic, offset)));
        intercept(WRITE_LOW, msr_of(offset), true);
    }
    intercept(READ_LOW, msr_of(APIC_TASKPRI), !shadow);
    intercept(WRITE_LOW, msr_of(APIC_TASKPRI), !shadow);
    intercept(WRITE_LOW, msr_of(APIC_EOI), !delivery);
    intercept(WRITE_LOW, msr_of(APIC_SELF_IPI), !delivery);
    intercept(READ_LOW, MSR_TSC_DEADLINE, true);
    intercept(WRITE_LOW, MSR_TSC_DEADLINE, true);
}
