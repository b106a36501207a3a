/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing a register of the vCPU's APIC; see kvm_lapic.h. The page may hold the value already, with all
 * its reserved bits, if the processor has virtualized the write (exit 56).
 */
#include "kvm_lapic.h"

static void write_lvt(struct kvm_lapic *apic, u32 offset, u32 value)
{
    if (!apic->sw_enabled)
        value |= APIC_LVT_MASKED;       /* and it stays so [SDM 10.4.7.2] */
    kvm_lapic_set_reg(apic, offset, value);
    if (offset == APIC_LVTT)
        apic_update_lvtt(apic);
}

/* In TSC-deadline mode the count is ignored. [SDM 10.5.4.1] */
static void write_tmict(struct kvm_lapic *apic, u32 value)
{
    struct kvm_timer *timer = &apic->lapic_timer;

    if (timer->timer_mode != APIC_LVT_TIMER_DEADLINE) {
        cancel_apic_timer(apic);
        timer->initial_count = value;
        start_apic_timer(apic);
    }
    kvm_lapic_set_reg(apic, APIC_TMICT, timer->initial_count);
}

void kvm_lapic_reg_write(struct kvm_lapic *apic, u32 offset, u32 value)
{
    switch (offset) {
    case APIC_TASKPRI:
        apic_set_tpr(apic, value);
        break;
    case APIC_EOI:
        apic_set_eoi(apic);
        break;
    case APIC_DFR:
        kvm_lapic_set_reg(apic, APIC_DFR, value | 0x0fffffff);
        break;
    case APIC_SPIV:
        apic_set_spiv(apic, value);
        break;
    case APIC_ESR:
        apic_write_esr(apic);
        break;
    case APIC_ICR:          /* delivery takes no time: the status is idle at once */
        value &= ~APIC_ICR_BUSY;
        kvm_lapic_set_reg(apic, APIC_ICR, value);
        kvm_apic_send_ipi(apic, value, kvm_lapic_get_reg(apic, APIC_ICR2));
        break;
    case APIC_LDR: case APIC_ICR2:
        kvm_lapic_set_reg(apic, offset, value);
        break;
    case APIC_TMICT:
        write_tmict(apic, value);
        break;
    case APIC_TDCR:
        kvm_lapic_set_reg(apic, APIC_TDCR, value);
        update_divide_count(apic, value);
        break;
    case APIC_SELF_IPI:
        kvm_apic_send_self_ipi(apic, value);
        break;
    default:
        write_lvt(apic, offset, value);
    }
}

/* Reserved bits are ignored, and so is a write to what can only be read. [SDM 10.4.1, 10.5.3] */
void apic_mmio_write(struct kvm_lapic *apic, u32 offset, u32 value)
{
    const struct lapic_register *reg = kvm_lapic_find_reg(apic, offset);

    if (!reg)
        apic_error(apic, APIC_ESR_ILLREGA);
    else if (reg->access & REG_WRITE)
        kvm_lapic_reg_write(apic, offset, value & reg->bits);
}
