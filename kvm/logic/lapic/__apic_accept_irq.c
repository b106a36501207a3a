/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An interrupt arrives at a vCPU's APIC, on whichever core its sender runs; see kvm_lapic.h.
 */
#include "kvm_lapic.h"

/* A software-disabled APIC drops fixed interrupts. [SDM 10.4.7.2] */
static void accept_fixed(struct kvm_lapic *apic, const struct kvm_lapic_irq *irq)
{
    u32 *tmr = apic_vector_reg(apic, APIC_TMR, irq->vector), bit = apic_vector_bit(irq->vector);

    if (!READ_ONCE(apic->sw_enabled))
        return;
    if (irq->trig_mode)
        atomic_or(tmr, bit);
    else if (READ_ONCE(*tmr) & bit)
        atomic_and(tmr, ~bit);
    vmx_deliver_interrupt(apic->vcpu, irq->vector);
}

static void accept_event(struct kvm_lapic *apic, int event)
{
    set_bit(event, &apic->pending_events);
    kvm_make_request(KVM_REQ_EVENT, apic->vcpu);
    kvm_vcpu_kick(apic->vcpu);
}

static void kvm_inject_nmi(struct kvm_lapic *apic)
{
    atomic_inc(&apic->nmi_queued);
    kvm_make_request(KVM_REQ_NMI, apic->vcpu);
    kvm_vcpu_kick(apic->vcpu);
}

void __apic_accept_irq(struct kvm_lapic *apic, const struct kvm_lapic_irq *irq)
{
    switch (irq->delivery_mode) {
    case APIC_DM_FIXED: case APIC_DM_LOWEST:
        accept_fixed(apic, irq);
        break;
    case APIC_DM_NMI:
        kvm_inject_nmi(apic);
        break;
    case APIC_DM_INIT:
        accept_event(apic, KVM_APIC_INIT);
        break;
    case APIC_DM_STARTUP:
        WRITE_ONCE(apic->sipi_vector, irq->vector);
        smp_wmb();
        accept_event(apic, KVM_APIC_SIPI);
        break;
    default:
        note_value("delivery mode %u for a vCPU: SMI, remote read and ExtINT are not emulated",
                   irq->delivery_mode);
        BUG();
    }
}
