/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which vCPUs an interrupt goes to; see kvm_lapic.h. [SDM 10.6.2, 10.12.10]
 */
#include "kvm_lapic.h"

#define APIC_DFR_FLAT 0xffffffff

static bool match_physical(struct kvm_lapic *apic, u32 dest)
{
    if (apic_x2apic_mode(apic))
        return dest == ~0u || dest == kvm_lapic_get_reg(apic, APIC_ID);
    return dest == 0xff || dest == kvm_lapic_get_reg(apic, APIC_ID) >> 24;
}

static bool match_logical(struct kvm_lapic *apic, u32 dest)
{
    u32 ldr = kvm_lapic_get_reg(apic, APIC_LDR), id = ldr >> 24;

    if (apic_x2apic_mode(apic))
        return dest == ~0u || (dest >> 16 == ldr >> 16 && (dest & ldr & 0xffff));
    if (dest == 0xff)
        return true;
    if (kvm_lapic_get_reg(apic, APIC_DFR) == APIC_DFR_FLAT)
        return id & dest;
    return id >> 4 == dest >> 4 && (id & dest & 0xf);
}

static bool kvm_apic_match_dest(struct kvm_lapic *apic, struct kvm_lapic *source,
                                const struct kvm_lapic_irq *irq)
{
    switch (irq->shorthand) {
    case APIC_DEST_SELF: return apic == source;
    case APIC_DEST_ALLINC: return true;
    case APIC_DEST_ALLBUT: return apic != source;
    default: return irq->logical ? match_logical(apic, irq->dest_id)
                                 : match_physical(apic, irq->dest_id);
    }
}

/* Of those that an interrupt with lowest priority may go to, the one that has had the fewest of them:
 * which one gets it is up to the processor. [SDM 10.6.1] */
void kvm_irq_delivery_to_apic(struct kvm_lapic *source, const struct kvm_lapic_irq *irq)
{
    struct kvm_lapic *lowest = NULL;

    for (int i = 0; i < NR_VCPUS; i++) {
        struct kvm_lapic *apic = &lapics[i];

        if (!apic->vcpu || !kvm_apic_match_dest(apic, source, irq))
            continue;
        if (irq->delivery_mode != APIC_DM_LOWEST)
            __apic_accept_irq(apic, irq);
        else if (READ_ONCE(apic->sw_enabled) && (!lowest || apic->arb_prio < lowest->arb_prio))
            lowest = apic;
    }
    if (!lowest)
        return;
    atomic_inc(&lowest->arb_prio);
    __apic_accept_irq(lowest, irq);
}
