/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a write of the ICR sends; see kvm_lapic.h. [SDM 10.6.1, 10.12.9, 10.12.11]
 */
#include "kvm_lapic.h"

static bool has_vector(const struct kvm_lapic_irq *irq)
{
    return irq->delivery_mode == APIC_DM_FIXED || irq->delivery_mode == APIC_DM_LOWEST;
}

/* SDM table 10-3: to itself, alone or among all, a processor can send fixed interrupts only. */
static bool is_valid(const struct kvm_lapic_irq *irq)
{
    bool self = irq->shorthand == APIC_DEST_SELF || irq->shorthand == APIC_DEST_ALLINC;

    return irq->delivery_mode == APIC_DM_FIXED || !self;
}

/* What goes to oneself is both sent and received. */
static void illegal_vector(struct kvm_lapic *apic, u32 shorthand)
{
    apic_error(apic, APIC_ESR_SENDILL);
    if (shorthand == APIC_DEST_SELF)
        apic_error(apic, APIC_ESR_RECVILL);
}

/* All but the de-assertion of INIT is sent edge-triggered. */
void kvm_apic_send_ipi(struct kvm_lapic *apic, u32 icr_low, u32 icr_high)
{
    struct kvm_lapic_irq irq = {
        .vector = icr_low & 0xff,
        .delivery_mode = icr_low >> 8 & 7,
        .logical = icr_low & APIC_DEST_LOGICAL,
        .level = true,
        .shorthand = icr_low >> 18 & 3,
        .dest_id = apic_x2apic_mode(apic) ? icr_high : icr_high >> 24,
    };

    if (!is_valid(&irq)) {
        note_value("ICR = %#x of a vCPU: to itself only fixed interrupts can be sent", icr_low);
        BUG();
    }
    if (irq.delivery_mode == APIC_DM_INIT && (icr_low & 0xc000) == 0x8000)
        return;         /* INIT level de-assert: nothing on processors with an xAPIC */
    if (has_vector(&irq) && irq.vector < APIC_FIRST_VECTOR)
        illegal_vector(apic, irq.shorthand);
    else
        kvm_irq_delivery_to_apic(apic, &irq);
}

void kvm_apic_send_self_ipi(struct kvm_lapic *apic, u32 vector)
{
    kvm_apic_send_ipi(apic, vector | APIC_DEST_SELF << 18, 0);
}
